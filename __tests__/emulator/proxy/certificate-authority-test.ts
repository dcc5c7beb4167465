/** The throw-away authority: who may read its key, what its certificates are good for, and when it is replaced. */
import { createPrivateKey, webcrypto, X509Certificate } from "node:crypto";
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Duplex } from "node:stream";
import { connect, createSecureContext, type PeerCertificate, type SecureContext, TLSSocket } from "node:tls";
import { AsnConvert } from "@peculiar/asn1-schema";
import { GeneralName, GeneralSubtree, GeneralSubtrees, NameConstraints } from "@peculiar/asn1-x509";
import { type CertificateAuthority, openCertificateAuthority } from "../../../emulator/proxy/certificate-authority";

const HOST = "cc-demo-dev.auth.ap-northeast-1.amazoncognito.com";
const DAY = 86_400_000;
const EC = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

const root = mkdtempSync(join(tmpdir(), "authority-test-"));
afterAll(() => rmSync(root, { recursive: true }));
const newFolder = () => mkdtempSync(join(root, "authority-"));

let folder: string;
let authority: CertificateAuthority;
beforeEach(async () => {
  folder = newFolder();
  authority = await openCertificateAuthority(folder);
});

const fileOf = (name: string) => join(folder, name);
const certificate = () => new X509Certificate(readFileSync(authority.certificateFile));

/** Shakes hands in memory, with a client that trusts only the authority. */
async function shakeHands(
  host: string,
  servername = host,
  context: SecureContext | Promise<SecureContext> = authority.contextFor(host),
): Promise<PeerCertificate> {
  const [clientSide, serverSide] = pair();
  const secureContext = await context;
  const server = new TLSSocket(serverSide as never, { isServer: true, secureContext });
  server.on("error", () => undefined);
  const ca = readFileSync(authority.certificateFile);
  return new Promise((resolve, reject) => {
    const client = connect({ socket: clientSide, servername, ca }, () => resolve(client.getPeerCertificate()));
    client.on("error", reject);
  });
}

const subtrees = (...names: readonly Partial<GeneralName>[]) =>
  new GeneralSubtrees(names.map((name) => new GeneralSubtree({ base: new GeneralName(name) })));
const AWS = ["amazonaws.com", "amazoncognito.com"].map((dNSName) => ({ dNSName }));

/** Puts an authority in the folder that is limited to the same domains, but in no other kind of name. */
async function replaceByOldOne(): Promise<void> {
  await import("reflect-metadata");
  const x509 = await import("@peculiar/x509");
  const keys = await webcrypto.subtle.generateKey(EC, true, ["sign", "verify"]);
  const constraints = AsnConvert.serialize(new NameConstraints({ permittedSubtrees: subtrees(...AWS) }));
  const old = await x509.X509CertificateGenerator.createSelfSigned({
    notBefore: new Date(Date.now() - DAY),
    notAfter: new Date(Date.now() + 3650 * DAY),
    name: "CN=Embedded AWS (this machine only)",
    keys,
    signingAlgorithm: EC,
    extensions: [new x509.BasicConstraintsExtension(true, 0, true), new x509.Extension("2.5.29.30", true, constraints)],
  });
  writeFileSync(fileOf("ca.pem"), old.toString("pem"));
  writeFileSync(fileOf("ca-key.pem"), await exportKey(keys.privateKey));
}

/** PEM of a private key. */
async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", key));
  return String(createPrivateKey({ key: der, format: "der", type: "pkcs8" }).export({ type: "pkcs8", format: "pem" }));
}

/** Two ends of a pipe. */
function pair(): readonly [Duplex, Duplex] {
  const ends: Duplex[] = [];
  const end = (other: 0 | 1) =>
    new Duplex({
      read: () => undefined,
      write: (chunk, _encoding, done) => {
        ends[other]?.push(chunk);
        done();
      },
    });
  ends.push(end(1), end(0));
  const [left, right] = ends;
  if (left === undefined || right === undefined) throw new Error("a pipe has two ends");
  return [left, right];
}

describe("openCertificateAuthority", () => {
  it("keeps its key for its owner alone", () => {
    expect(statSync(fileOf("ca-key.pem")).mode & 0o777).toBe(0o600);
    expect(readFileSync(authority.certificateFile, "utf8")).not.toContain("PRIVATE");
  });

  it.each([
    ["stays", []],
    ["is replaced", ["api.example.com"]],
  ])("makes its key unreadable for others when it %s", async (_what, domains) => {
    chmodSync(fileOf("ca-key.pem"), 0o644);
    await openCertificateAuthority(folder, { domains });
    expect(statSync(fileOf("ca-key.pem")).mode & 0o777).toBe(0o600);
  });

  it("may sign for AWS's domains and for nothing else, not even another authority", () => {
    const { ca, raw, subject } = certificate();
    expect([ca, subject]).toEqual([true, "CN=Embedded AWS (this machine only)"]);
    // Mail, URIs and addresses of both versions: kinds of names without a limit would be free.
    const others = [{ rfc822Name: "invalid" }, { uniformResourceIdentifier: "invalid" }];
    const limits = new NameConstraints({
      permittedSubtrees: subtrees(...AWS, ...others),
      excludedSubtrees: subtrees({ iPAddress: "0.0.0.0/0" }, { iPAddress: "::/0" }),
    });
    const der = Buffer.from(AsnConvert.serialize(limits));
    // nameConstraints, critical.
    const head = Buffer.from([0x06, 0x03, 0x55, 0x1d, 0x1e, 0x01, 0x01, 0xff, 0x04, der.length]);
    expect(raw.includes(Buffer.concat([head, der]))).toBe(true);
    // basicConstraints, critical: an authority with a path length of zero.
    expect(raw.includes(Buffer.from("0603551d130101ff040830060101ff020100", "hex"))).toBe(true);
  });

  it("is the same one the next time", async () => {
    const before = readFileSync(authority.certificateFile);
    const again = await openCertificateAuthority(folder);
    expect(again.certificateFile).toBe(authority.certificateFile);
    expect(readFileSync(again.certificateFile)).toEqual(before);
  });

  it.each([
    ["its key is damaged", () => writeFileSync(fileOf("ca-key.pem"), "x")],
    ["its certificate is damaged", () => writeFileSync(fileOf("ca.pem"), "x")],
    ["its files are empty", () => ["ca.pem", "ca-key.pem"].map((name) => writeFileSync(fileOf(name), ""))],
    [
      "its key belongs to another certificate",
      async () => {
        const other = newFolder();
        await openCertificateAuthority(other);
        copyFileSync(join(other, "ca-key.pem"), fileOf("ca-key.pem"));
      },
    ],
    ["it is one that leaves addresses free", () => replaceByOldOne()],
  ])("is replaced when %s", async (_, damage) => {
    await damage();
    authority = await openCertificateAuthority(folder);
    expect(certificate().checkPrivateKey(createPrivateKey(readFileSync(fileOf("ca-key.pem"))))).toBe(true);
    await expect(shakeHands(HOST)).resolves.toMatchObject({ subjectaltname: `DNS:${HOST}` });
    expect(certificate().raw.includes(Buffer.from(`30228720${"00".repeat(32)}`, "hex"))).toBe(true);
  });

  describe("with domains besides those of AWS", () => {
    const DOMAINS = ["auth.example.com", "api.example.com"];
    const reopen = async (domains: readonly string[] = []) => {
      const before = readFileSync(authority.certificateFile);
      authority = await openCertificateAuthority(folder, { domains });
      return !readFileSync(authority.certificateFile).equals(before);
    };

    it("is replaced, and signs for them and for AWS's domains", async () => {
      expect(await reopen(DOMAINS)).toBe(true);
      for (const host of [...DOMAINS, HOST]) {
        await expect(shakeHands(host)).resolves.toMatchObject({ subjectaltname: `DNS:${host}` });
      }
    });

    it.each(["example.com", "www.example.com", "evilauth.example.com", "auth.example.com.evil.org"])(
      "is refused by a client for %s all the same",
      async (host) => {
        await reopen(DOMAINS);
        await expect(shakeHands(host)).rejects.toThrow("permitted subtree violation");
        expect(authority.covers(host)).toBe(false);
      },
    );

    it("stays when it covers what is asked for, in whatever order, or more", async () => {
      await reopen(DOMAINS);
      expect(await reopen(DOMAINS)).toBe(false);
      expect(await reopen(DOMAINS.toReversed())).toBe(false);
      expect(await reopen(DOMAINS.slice(1))).toBe(false);
      expect(await reopen()).toBe(false);
      expect(authority.covers("auth.example.com")).toBe(true);
    });

    it("is replaced for one more domain, and forgets what is not asked for any more", async () => {
      await reopen(DOMAINS);
      expect(await reopen(["auth.example.org"])).toBe(true);
      expect(["auth.example.org", ...DOMAINS].map((host) => authority.covers(host))).toEqual([true, false, false]);
      expect(statSync(fileOf("ca-key.pem")).mode & 0o777).toBe(0o600);
    });

    it("takes as many as there are, and long ones", async () => {
      const many = Array.from({ length: 40 }, (_, index) => `${"a".repeat(60)}.${index}.${"b".repeat(60)}.example.com`);
      await reopen(many);
      expect(many.every((host) => authority.covers(host))).toBe(true);
      expect(await reopen(many)).toBe(false);
      await expect(shakeHands(many.at(-1) ?? "")).resolves.toMatchObject({ subjectaltname: `DNS:${many.at(-1)}` });
    });

    it("says without them that it covers AWS's hosts and nothing else", () => {
      expect(authority.covers(HOST)).toBe(true);
      for (const host of [...DOMAINS, "evilamazonaws.com", "amazonaws.com.evil.org", ""]) {
        expect(authority.covers(host)).toBe(false);
      }
    });
  });

  it("is another one in another folder", async () => {
    const other = await openCertificateAuthority(newFolder());
    expect(readFileSync(other.certificateFile)).not.toEqual(readFileSync(authority.certificateFile));
  });
});

describe("CertificateAuthority.contextFor", () => {
  it("signs for exactly one host, no longer than every TLS library accepts", async () => {
    const peer = await shakeHands(HOST);
    expect(peer.subjectaltname).toBe(`DNS:${HOST}`);
    expect(peer.ca).toBe(false);
    const [from, to] = [Date.parse(peer.valid_from), Date.parse(peer.valid_to)];
    expect(from).toBeLessThan(Date.now());
    expect(to - from).toBeLessThanOrEqual(398 * DAY);
    expect(to).toBeLessThan(Date.parse(certificate().validTo));
  });

  it("is refused by a client that asks for another host", async () => {
    const other = "someone-else.auth.ap-northeast-1.amazoncognito.com";
    await expect(shakeHands(HOST, other)).rejects.toMatchObject({ code: "ERR_TLS_CERT_ALTNAME_INVALID" });
  });

  it("is refused by a client for a host outside AWS's domains", async () => {
    await expect(shakeHands("example.com")).rejects.toThrow("permitted subtree violation");
    await expect(shakeHands("evilamazonaws.com")).rejects.toThrow("permitted subtree violation");
  });

  it("makes one context for each host", () => {
    expect(authority.contextFor(HOST)).toBe(authority.contextFor(HOST));
    expect(authority.contextFor(HOST)).not.toBe(authority.contextFor("cognito-idp.eu-west-1.amazonaws.com"));
  });

  it("tries again after a failure", async () => {
    const key = readFileSync(fileOf("ca-key.pem"));
    writeFileSync(fileOf("ca-key.pem"), "x");
    await expect(authority.contextFor(HOST)).rejects.toThrow();
    writeFileSync(fileOf("ca-key.pem"), key);
    await expect(shakeHands(HOST)).resolves.toMatchObject({ subjectaltname: `DNS:${HOST}` });
  });

  it("keeps those of a thousand hosts, and forgets the oldest", async () => {
    const hosts = Array.from({ length: 1001 }, (_, number) => `x${number}.execute-api.eu-west-1.amazonaws.com`);
    // Failing is quicker than signing.
    rmSync(fileOf("ca-key.pem"));
    const contexts = hosts.map((host) => authority.contextFor(host));
    const again = [hosts[1000], hosts[1], hosts[0]].map((host = "") => authority.contextFor(host));
    await Promise.allSettled([...contexts, ...again]);
    expect([again[0] === contexts[1000], again[1] === contexts[1], again[2] === contexts[0]]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it("takes hosts longer than a common name may be", async () => {
    const host = `${"a".repeat(63)}.auth.ap-northeast-1.amazoncognito.com`;
    await expect(shakeHands(host)).resolves.toMatchObject({ subjectaltname: `DNS:${host}` });
  });
});

describe("a stolen key of the authority", () => {
  /** TLS settings with a certificate for that name, signed with the authority's own key. */
  async function forge(type: "dns" | "email" | "ip" | "url", value: string): Promise<SecureContext> {
    await import("reflect-metadata");
    const x509 = await import("@peculiar/x509");
    const pem = readFileSync(fileOf("ca.pem"), "utf8");
    const pkcs8 = createPrivateKey(readFileSync(fileOf("ca-key.pem"))).export({ type: "pkcs8", format: "der" });
    const signingKey = await webcrypto.subtle.importKey("pkcs8", pkcs8, EC, false, ["sign"]);
    const keys = await webcrypto.subtle.generateKey(EC, true, ["sign", "verify"]);
    const forged = await x509.X509CertificateGenerator.create({
      notBefore: new Date(Date.now() - DAY),
      notAfter: new Date(Date.now() + DAY),
      subject: "O=Example",
      issuer: new x509.X509Certificate(pem).subject,
      publicKey: keys.publicKey,
      signingKey,
      signingAlgorithm: EC,
      extensions: [new x509.SubjectAlternativeNameExtension([{ type, value }])],
    });
    return createSecureContext({ cert: `${forged.toString("pem")}\n${pem}`, key: await exportKey(keys.privateKey) });
  }

  it.each([
    ["ip", "10.0.0.1", "excluded subtree violation"],
    ["ip", "2001:db8::1", "excluded subtree violation"],
    ["email", "somebody@example.com", "permitted subtree violation"],
    ["url", "https://example.com/", "permitted subtree violation"],
    ["dns", "example.com", "permitted subtree violation"],
  ] as const)("makes no client believe in %s %s", async (type, value, why) => {
    await expect(shakeHands(HOST, HOST, await forge(type, value))).rejects.toThrow(why);
  });

  it("as a control: it makes a client believe in a host of AWS", async () => {
    const forged = await forge("dns", HOST);
    await expect(shakeHands(HOST, HOST, forged)).resolves.toMatchObject({ subjectaltname: `DNS:${HOST}` });
  });
});
