/** The throw-away authority: who may read its key, what its certificates are good for, and when it is made anew. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Duplex } from "node:stream";
import { connect, type PeerCertificate, TLSSocket } from "node:tls";
import { type CertificateAuthority, openCertificateAuthority } from "../../../emulator/endpoints/certificate-authority";

const HOST = "cc-demo-dev.auth.ap-northeast-1.amazoncognito.com";
const DAY = 86_400_000;

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

/** Shakes hands in memory, with a client that trusts the authority and nobody else. */
async function shakeHands(host: string, servername = host): Promise<PeerCertificate> {
  const [clientSide, serverSide] = pair();
  const secureContext = await authority.contextFor(host);
  const server = new TLSSocket(serverSide as never, { isServer: true, secureContext });
  server.on("error", () => undefined);
  const ca = readFileSync(authority.certificateFile);
  return new Promise((resolve, reject) => {
    const client = connect({ socket: clientSide, servername, ca }, () => resolve(client.getPeerCertificate()));
    client.on("error", reject);
  });
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

  it("may sign for AWS's domains and for nothing else, not even another authority", () => {
    const { ca, raw, subject } = certificate();
    expect([ca, subject]).toEqual([true, "CN=Embedded AWS (this machine only)"]);
    const names = ["amazonaws.com", "amazoncognito.com"].map((name) => {
      const tagged = Buffer.concat([Buffer.from([0x82, name.length]), Buffer.from(name)]);
      return Buffer.concat([Buffer.from([0x30, tagged.length]), tagged]);
    });
    const permitted = Buffer.concat(names);
    // No address of version 4 or 6, no mail: kinds of names that are not spoken of would be free.
    const every = [`300a8708${"00".repeat(8)}`, `30228720${"00".repeat(32)}`, "30028100"].join("");
    const excluded = Buffer.from(every, "hex");
    // nameConstraints, critical.
    const [length, ofExcluded] = [permitted.length + excluded.length + 4, excluded.length];
    const constraints = [Buffer.from([0xa0, permitted.length]), permitted, Buffer.from([0xa1, ofExcluded]), excluded];
    const sequence = Buffer.concat([Buffer.from([0x30, length]), ...constraints]);
    const head = Buffer.from([0x06, 0x03, 0x55, 0x1d, 0x1e, 0x01, 0x01, 0xff, 0x04, sequence.length]);
    expect(raw.includes(Buffer.concat([head, sequence]))).toBe(true);
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
      "its key is another one's",
      async () => {
        const other = newFolder();
        await openCertificateAuthority(other);
        copyFileSync(join(other, "ca-key.pem"), fileOf("ca-key.pem"));
      },
    ],
  ])("is made anew when %s", async (_, damage) => {
    await damage();
    authority = await openCertificateAuthority(folder);
    expect(certificate().checkPrivateKey(createPrivateKey(readFileSync(fileOf("ca-key.pem"))))).toBe(true);
    await expect(shakeHands(HOST)).resolves.toMatchObject({ subjectaltname: `DNS:${HOST}` });
  });

  describe("with domains of one's own", () => {
    const DOMAINS = ["auth.example.com", "api.example.com"];
    const reopen = async (domains: readonly string[] = []) => {
      const before = readFileSync(authority.certificateFile);
      authority = await openCertificateAuthority(folder, { domains });
      return !readFileSync(authority.certificateFile).equals(before);
    };

    it("is made anew, and signs for them and for AWS's domains", async () => {
      expect(await reopen(DOMAINS)).toBe(true);
      for (const host of [...DOMAINS, HOST]) {
        await expect(shakeHands(host)).resolves.toMatchObject({ subjectaltname: `DNS:${host}` });
      }
    });

    it.each([
      "example.com",
      "www.example.com",
      "evilauth.example.com",
      "auth.example.com.evil.org",
    ])("is refused by a client for %s all the same", async (host) => {
      await reopen(DOMAINS);
      await expect(shakeHands(host)).rejects.toThrow("permitted subtree violation");
      expect(authority.covers(host)).toBe(false);
    });

    it("stays when it covers what is asked for, in whatever order, or more", async () => {
      await reopen(DOMAINS);
      expect(await reopen(DOMAINS)).toBe(false);
      expect(await reopen(DOMAINS.toReversed())).toBe(false);
      expect(await reopen(DOMAINS.slice(1))).toBe(false);
      expect(await reopen()).toBe(false);
      expect(authority.covers("auth.example.com")).toBe(true);
    });

    it("is made anew for one more domain, and forgets what is not asked for any more", async () => {
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

  it("takes hosts longer than a common name may be", async () => {
    const host = `${"a".repeat(63)}.auth.ap-northeast-1.amazoncognito.com`;
    await expect(shakeHands(host)).resolves.toMatchObject({ subjectaltname: `DNS:${host}` });
  });
});
