/** How long a command takes to start, the stack to be synthesized and the embedded AWS to be ready. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { cleanEnvironment, copyOfProject, script } from "../../__tests__/support/processes";
import type { Row } from "../row";
import { commands, memoryAt, projectFolder, scratchFolder, secondsUntil } from "../timed";

const READY = "The embedded AWS is ready";
const bare = { command: [process.execPath, "--eval", 'console.log("ready"); setInterval(() => {}, 1000)'] };

/** Synthesis of the example into a folder of its own. */
function synthesis(scratch: string) {
  return { command: script("main.ts"), env: cleanEnvironment({ CDKTF_OUTDIR: join(scratch, "out") }) };
}

export const startRows: readonly Row[] = [
  {
    name: "synth-bare",
    ours: "synthesize the example",
    peer: 'require("cdktf")',
    unit: "s",
    target: { atMost: 2 },
    prepare: async () => {
      const scratch = scratchFolder();
      const peer = { command: [process.execPath, "--eval", 'require("cdktf")'] };
      return commands(synthesis(scratch), peer, async () => rmSync(scratch, { recursive: true }));
    },
  },
  {
    name: "synth-cdk",
    ours: "synthesize the example",
    peer: "an AWS CDK app with the same resources",
    unit: "s",
    target: { atMost: 0.12 },
    prepare: async () => {
      const scratch = scratchFolder();
      const peer = {
        command: [process.execPath, join(projectFolder, "bench", "peers", "cdk-app.cjs")],
        cwd: join(projectFolder, "bench"),
        env: cleanEnvironment({ CDK_OUTDIR: join(scratch, "cdk.out") }),
      };
      return commands(synthesis(scratch), peer, async () => rmSync(scratch, { recursive: true }));
    },
  },
  {
    name: "command",
    ours: "npx access token --help",
    peer: "the same code in a bundle",
    unit: "s",
    target: { atMost: 1.3 },
    prepare: async () => {
      // Beside the packages, so that the one that is left out of the bundle is found.
      const outfile = join(projectFolder, "node_modules", ".cache", "bench", "program.cjs");
      buildSync({
        stdin: {
          contents: 'require("./program").main(process.argv.slice(2));',
          resolveDir: join(projectFolder, "cli"),
        },
        outfile,
        bundle: true,
        platform: "node",
        external: ["esbuild"],
        logLevel: "silent",
      });
      const peer = { command: [process.execPath, outfile, "token", "--help"] };
      return commands({ command: script("cli/token.ts", "--help") }, peer);
    },
  },
  {
    name: "embedded-start",
    ours: "start the embedded AWS",
    peer: "a bare process of Node.js",
    unit: "s",
    prepare: async () => {
      const folder = copyOfProject();
      const local = { command: script("cli/local.ts"), cwd: folder };
      return {
        ours: () => secondsUntil(READY, local),
        peer: () => secondsUntil("ready", bare),
        end: async () => rmSync(folder, { recursive: true }),
      };
    },
  },
  {
    name: "embedded-memory",
    ours: "memory of the embedded AWS once it is ready",
    peer: "a bare process of Node.js",
    unit: "MiB",
    prepare: async () => {
      const folder = copyOfProject();
      const local = { command: script("cli/local.ts"), cwd: folder };
      return {
        ours: () => memoryAt(READY, local),
        peer: () => memoryAt("ready", bare),
        end: async () => rmSync(folder, { recursive: true }),
      };
    },
  },
];
