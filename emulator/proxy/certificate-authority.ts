/**
 * A throw-away authority for the hosts of AWS. Its key is made on this machine, readable for its owner only, and
 * never leaves the folder; its certificate is good for AWS's domains and the given ones, and for nothing else.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5280
 */
import { createPrivateKey, KeyObject, randomBytes, webcrypto, X509Certificate } from "node:crypto";
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSecureContext, type SecureContext } from "node:tls";

const EC = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const DAY = 86_400_000;
const AUTHORITY_DAYS = 3650;
/** Hosts whose certificates are kept; callers may name as many as they like. */
const MAX_HOSTS = 1000;
/** The longest that every TLS library accepts. */
const HOST_DAYS = 397;
const AWS_DOMAINS = ["amazonaws.com", "amazoncognito.com"];

/** Makes a certificate for each host. */
export interface CertificateAuthority {
  /** File with the authority's certificate in PEM, to be trusted by clients. */
  readonly certificateFile: string;
  /** Whether clients that trust the authority take its certificate for the host. */
  covers(host: string): boolean;
  /** TLS settings for the host, made once for each. */
  contextFor(host: string): Promise<SecureContext>;
}

/** The library is only loaded when there is something to sign: it takes a tenth of a second. */
async function loadX509() {
  await import("reflect-metadata");
  return await import("@peculiar/x509");
}

/** What an authority is for. */
export interface AuthorityOptions {
  /** Hosts besides those of AWS, in lower case; left out means none. */
  readonly domains?: readonly string[];
}

/** Opens the authority of the folder, or makes one when there is none that is good for all of the domains. */
export async function openCertificateAuthority(
  folder: string,
  { domains = [] }: AuthorityOptions = {},
): Promise<CertificateAuthority> {
  const certificateFile = join(folder, "ca.pem");
  const keyFile = join(folder, "ca-key.pem");
  const wanted = [...new Set([...AWS_DOMAINS, ...domains])];
  if (!isUsable(certificateFile, keyFile, wanted)) {
    const { certificate, key } = await createAuthority(wanted);
    // A mode is only given to a file that is new.
    rmSync(keyFile, { force: true });
    writeFileSync(keyFile, key, { mode: 0o600 });
    writeFileSync(certificateFile, certificate);
  }
  chmodSync(keyFile, 0o600);
  const { raw } = new X509Certificate(readFileSync(certificateFile));
  const contexts = new Map<string, Promise<SecureContext>>();
  return {
    certificateFile,
    covers: (host) => isCovered(host, raw),
    contextFor(host) {
      const known = contexts.get(host);
      if (known !== undefined) return known;
      const [oldest] = contexts.keys();
      if (contexts.size >= MAX_HOSTS && oldest !== undefined) contexts.delete(oldest);
      const context = createContext(host, certificateFile, keyFile);
      contexts.set(host, context);
      // The next call tries again.
      context.catch(() => contexts.delete(host));
      return context;
    },
  };
}

/** Whether both halves are there, belong together, and are good for all of the hosts and longer than any of theirs. */
function isUsable(certificateFile: string, keyFile: string, hosts: readonly string[]): boolean {
  if (!existsSync(certificateFile) || !existsSync(keyFile)) return false;
  try {
    const certificate = new X509Certificate(readFileSync(certificateFile));
    const lasts = Date.parse(certificate.validTo) > Date.now() + HOST_DAYS * DAY;
    const isLimited = LIMITS.every((limit) => certificate.raw.includes(limit));
    const coversAll = hosts.every((host) => isCovered(host, certificate.raw));
    return lasts && isLimited && coversAll && certificate.checkPrivateKey(createPrivateKey(readFileSync(keyFile)));
  } catch {
    return false;
  }
}

/** Names in DER, `[1] mail`, `[2] domain` and `[7] address and mask`, that every usable authority has. */
const LIMITS = [Buffer.from("\x81\x07invalid", "latin1"), Buffer.from(`8720${"00".repeat(32)}`, "hex")];

/** Whether the certificate is limited to a domain, `[2] domain` in DER, that is the host's or above it. */
function isCovered(host: string, certificate: Buffer): boolean {
  const parts = host.split(".");
  return parts.some((_part, at) => {
    const domain = Buffer.from(parts.slice(at).join("."), "latin1");
    const length = domain.length < 0x80 ? [domain.length] : [0x81, domain.length];
    return domain.length > 0 && certificate.includes(Buffer.concat([Buffer.from([0x82, ...length]), domain]));
  });
}

async function createAuthority(
  domains: readonly string[],
): Promise<{ readonly certificate: string; readonly key: string }> {
  const x509 = await loadX509();
  const keys = await webcrypto.subtle.generateKey(EC, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(AUTHORITY_DAYS),
    serialNumber: serialNumber(),
    name: "CN=Embedded AWS (this machine only)",
    keys,
    signingAlgorithm: EC,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      new x509.Extension("2.5.29.30", true, await nameConstraints(domains)),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: `${certificate.toString("pem")}\n`, key: exportKey(keys.privateKey) };
}

/**
 * The extension that limits the authority, in DER. Kinds of names that are not limited would be free: addresses are
 * excluded altogether; people and URIs, of which not all can be excluded, are permitted below a domain without an owner.
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.10
 * @see https://www.rfc-editor.org/rfc/rfc6761#section-6.4
 */
async function nameConstraints(domains: readonly string[]): Promise<ArrayBuffer> {
  const { GeneralName, GeneralSubtree, GeneralSubtrees, NameConstraints } = await import("@peculiar/asn1-x509");
  const { AsnConvert } = await import("@peculiar/asn1-schema");
  const subtrees = (names: readonly Partial<InstanceType<typeof GeneralName>>[]) =>
    new GeneralSubtrees(names.map((name) => new GeneralSubtree({ base: new GeneralName(name) })));
  const others = [{ rfc822Name: "invalid" }, { uniformResourceIdentifier: "invalid" }];
  const permittedSubtrees = subtrees([...domains.map((dNSName) => ({ dNSName })), ...others]);
  const excludedSubtrees = subtrees([{ iPAddress: "0.0.0.0/0" }, { iPAddress: "::/0" }]);
  return AsnConvert.serialize(new NameConstraints({ permittedSubtrees, excludedSubtrees }));
}

async function createContext(host: string, certificateFile: string, keyFile: string): Promise<SecureContext> {
  const x509 = await loadX509();
  const authorityPem = readFileSync(certificateFile, "utf8");
  const authority = new x509.X509Certificate(authorityPem);
  const der = createPrivateKey(readFileSync(keyFile)).export({ type: "pkcs8", format: "der" });
  const signingKey = await webcrypto.subtle.importKey("pkcs8", der, EC, false, ["sign"]);
  const keys = await webcrypto.subtle.generateKey(EC, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.create({
    ...validity(HOST_DAYS),
    serialNumber: serialNumber(),
    // A common name has at most 64 characters, and none is needed beside the alternative name.
    subject: "CN=Embedded AWS host",
    issuer: authority.subject,
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: EC,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([{ type: "dns", value: host }]),
      await x509.AuthorityKeyIdentifierExtension.create(authority.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return createSecureContext({
    cert: `${certificate.toString("pem")}\n${authorityPem}`,
    key: exportKey(keys.privateKey),
  });
}

function validity(days: number): { readonly notBefore: Date; readonly notAfter: Date } {
  return { notBefore: new Date(Date.now() - DAY), notAfter: new Date(Date.now() + days * DAY) };
}

/** Positive, so its first bit is zero. */
function serialNumber(): string {
  return `4${randomBytes(16).toString("hex").slice(1)}`;
}

/** PEM of a private key. */
function exportKey(key: webcrypto.CryptoKey): string {
  return String(KeyObject.from(key).export({ type: "pkcs8", format: "pem" }));
}
