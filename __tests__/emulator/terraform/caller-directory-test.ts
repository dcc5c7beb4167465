/** Relative paths of a configuration, resolved in the working directory of the Terraform that asks. */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { type Emulator, startEmulator } from "../../../emulator";
import { callerDirectories } from "../../../emulator/terraform/caller-directory";

jest.setTimeout(300_000);

const onLinux = process.platform === "linux" ? describe : describe.skip;
const unknownPeer = { peerOf: () => undefined };

/** Another zip for each text. */
const zipOf = (text: string) => zipSync({ "index.js": strToU8(`exports.handler = async () => "${text}"`) });
const sha256Of = (content: Uint8Array) => createHash("sha256").update(content).digest("base64");

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "relative-")));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

onLinux("a relative filename", () => {
  let emulator: Emulator;
  beforeEach(async () => {
    emulator = await startEmulator({ folder: join(folder, ".local"), workingDirectories: () => [] });
  });
  afterEach(() => emulator.close());

  /** A folder of plain HCL with a function of that name, and a zip beside it. */
  function write(name: string, filename: string, zip?: Uint8Array): string {
    const path = join(folder, name);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, "main.tf"), moduleOf(name, filename));
    if (zip !== undefined) writeFileSync(join(path, "fn.zip"), zip);
    return path;
  }

  /** Runs Terraform in the folder. @returns what it printed @throws {Error} when it fails */
  async function terraform(cwd: string, ...args: readonly string[]): Promise<string> {
    const env = { ...process.env, ...emulator.environment, TF_IN_AUTOMATION: "1", TF_INPUT: "0" };
    const child = spawn("terraform", args, { cwd, env });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
    const [code] = await once(child, "close");
    if (code !== 0) throw new Error(output);
    return output;
  }

  async function apply(cwd: string, ...global: readonly string[]): Promise<string> {
    await terraform(cwd, ...global, "init", "-no-color");
    await terraform(cwd, ...global, "apply", "-auto-approve", "-no-color");
    return await terraform(cwd, ...global, "output", "-raw", "sha256");
  }

  it("is the file beside each configuration, when two of them are applied at once", async () => {
    const [one, two] = [zipOf("one"), zipOf("two")];
    const applied = await Promise.all([apply(write("one", "fn.zip", one)), apply(write("two", "./fn.zip", two))]);

    expect(applied).toEqual([sha256Of(one), sha256Of(two)]);
  });

  it("is resolved in the directory of -chdir, and not where Terraform was started", async () => {
    const zip = zipOf("there");
    write("there", "fn.zip", zip);
    writeFileSync(join(folder, "fn.zip"), zipOf("here"));

    expect(await apply(folder, "-chdir=there")).toBe(sha256Of(zip));
  });

  it("may begin with path.module of a module", async () => {
    const zip = zipOf("module");
    const root = write("root", "unused.zip");
    write("root/part", ["${", "path.module", "}/fn.zip"].join(""), zip);
    writeFileSync(
      join(root, "main.tf"),
      'module "part" {\n  source = "./part"\n}\noutput "sha256" {\n  value = module.part.sha256\n}\n',
    );

    expect(await apply(root)).toBe(sha256Of(zip));
  });

  it("is not looked for in the folders of other configurations", async () => {
    write("full", "fn.zip", zipOf("full"));

    await expect(apply(write("empty", "fn.zip"))).rejects.toThrow("reading ZIP file (fn.zip)");
  });
});

onLinux("callerDirectories", () => {
  let path: string;
  let server: Server;
  let sockets: Socket[];
  let children: ChildProcess[];
  beforeEach(async () => {
    path = join(folder, "provider.sock");
    sockets = [];
    children = [];
    server = createServer();
    await once(server.listen(path), "listening");
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    for (const child of children) child.kill("SIGKILL");
    await new Promise((resolve) => server.close(resolve));
  });

  /** The server's end of a new connection of this very process. */
  async function accept(): Promise<Socket> {
    const accepted = once(server, "connection");
    sockets.push(connect(path));
    const [socket] = (await accepted) as [Socket];
    sockets.push(socket);
    return socket;
  }

  /** A process of Terraform in a new folder, which has the provider's path in its environment. */
  async function startTerraform(name: string): Promise<string> {
    const cwd = join(folder, name);
    mkdirSync(cwd);
    const child = spawn("terraform", ["console"], { cwd, env: { ...process.env, TF_REATTACH_PROVIDERS: path } });
    children.push(child);
    await once(child, "spawn");
    return cwd;
  }

  it("is the working directory of the process at the other end, which stays usable", async () => {
    const socket = await accept();
    expect(callerDirectories(socket, path)).toEqual([process.cwd()]);

    const received = once(socket, "data");
    sockets[0]?.write("still there");
    expect(String((await received)[0])).toBe("still there");
  });

  it("is that of the only Terraform that uses the provider, when the peer is unknown", async () => {
    const cwd = await startTerraform("one");

    expect(callerDirectories(await accept(), path, unknownPeer)).toEqual([cwd]);
  });

  it("is one of several, when several use the provider and the peer is unknown", async () => {
    const all = [await startTerraform("one"), await startTerraform("two")];

    expect([...(callerDirectories(await accept(), path, unknownPeer) ?? [])].sort()).toEqual(all);
  });

  it("is unknown when no Terraform uses the provider", async () => {
    expect(callerDirectories(await accept(), path, unknownPeer)).toBeUndefined();
  });
});

function moduleOf(name: string, filename: string): string {
  const trust = {
    Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
  };
  return `
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  region = "eu-west-1"
}
resource "aws_iam_role" "one" {
  name               = ${JSON.stringify(name.replaceAll("/", "-"))}
  assume_role_policy = ${JSON.stringify(JSON.stringify({ Version: "2012-10-17", ...trust }))}
}
resource "aws_lambda_function" "one" {
  function_name = ${JSON.stringify(name.replaceAll("/", "-"))}
  role          = aws_iam_role.one.arn
  filename      = ${JSON.stringify(filename)}
  handler       = "index.handler"
  runtime       = "nodejs22.x"
}
output "sha256" {
  value = aws_lambda_function.one.code_sha256
}
`;
}
