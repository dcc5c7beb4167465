/** What a provider binary prints when it is started with `-debug`. */
import type { ChildProcess } from "node:child_process";
import { z } from "zod";
import { jsonIn } from "../../platform/json";
import { UserError } from "../../platform/user-error";

const PROTOCOL_VERSION = 5;
const MAX_OUTPUT_CHARACTERS = 64 << 10;
const SHOWN_LINES = 5;
const SOURCES = ["registry.terraform.io/hashicorp/aws", "registry.opentofu.org/hashicorp/aws"] as const;

const reattachment = z.object({ Protocol: z.literal("grpc"), ProtocolVersion: z.number(), Pid: z.number() });
const reattachments = z.record(z.string(), z.looseObject(reattachment.shape));

/** What the option is for, at the end of each refusal. */
export const EXPECTED =
  "Name the binary of the hashicorp/aws provider, such as terraform-provider-aws_v6.25.0_x5 from a plugin cache, or use the word terraform to let Terraform start the provider.";

/** A process whose output is read. */
export type ReadableProcess = ChildProcess & {
  readonly stdout: NodeJS.ReadableStream;
  readonly stderr: NodeJS.ReadableStream;
};

/** The value of `TF_REATTACH_PROVIDERS` that the provider prints once it listens. */
export function printedValue(child: ReadableProcess, file: string, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let [output, errors] = ["", ""];
    const refuse = (why: string) => {
      const lines = errors.trim().split("\n").slice(-SHOWN_LINES).join("\n");
      finish(() => reject(new UserError(`--provider: ${file} ${why}. ${EXPECTED}${lines && `\n${lines}`}`)));
    };
    const timer = setTimeout(() => refuse(`printed no TF_REATTACH_PROVIDERS within ${timeoutMs / 1000} s`), timeoutMs);
    const onOutput = (chunk: Buffer) => {
      output = (output + chunk.toString("utf8")).slice(-MAX_OUTPUT_CHARACTERS);
      const [, value] = /TF_REATTACH_PROVIDERS='(.*)'\r?\n/.exec(output) ?? [];
      if (value !== undefined) finish(() => resolve(value));
    };
    const onErrors = (chunk: Buffer) => {
      errors = (errors + chunk.toString("utf8")).slice(-MAX_OUTPUT_CHARACTERS);
    };
    const onError = (error: Error) => refuse(`cannot be run: ${error.message}`);
    const onEnd = (code: number | null, signal: string | null) =>
      refuse(`is not a Terraform provider: it ended with ${code ?? signal} and printed no TF_REATTACH_PROVIDERS`);
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      child.stdout.off("data", onOutput);
      child.stderr.off("data", onErrors);
      child
        .off("error", onError)
        .off("close", onEnd)
        .on("error", () => undefined);
      settle();
    };
    child.stdout.on("data", onOutput);
    child.stderr.on("data", onErrors);
    child.on("error", onError).on("close", onEnd);
  });
}

/** The printed value under both registries. @throws {UserError} for another provider or another protocol */
export function reattachValue(file: string, printed: string): string {
  const refuse = (why: string) => new UserError(`--provider: ${file} ${why}. ${EXPECTED}`);
  const providers = reattachments.safeParse(jsonIn(printed));
  if (!providers.success) throw refuse("printed a TF_REATTACH_PROVIDERS that cannot be read");
  const provider = SOURCES.map((source) => providers.data[source]).find((found) => found !== undefined);
  if (provider === undefined) throw refuse(`is the provider ${Object.keys(providers.data).join(", ")}`);
  const { ProtocolVersion: version } = provider;
  if (version !== PROTOCOL_VERSION) {
    throw refuse(`uses plugin protocol ${version}; protocol ${PROTOCOL_VERSION} is needed`);
  }
  return JSON.stringify(Object.fromEntries(SOURCES.map((source) => [source, provider])));
}
