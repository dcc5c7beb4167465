/** A backend developer's loop on the embedded AWS. */
import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dispatcherFor, tokenOf } from "../../__tests__/support/every-pair";
import { cleanEnvironment, copyOfProject, script } from "../../__tests__/support/processes";
import { ServedProject } from "../../__tests__/support/served-project";
import type { Row } from "../row";
import { scratchFolder, seconds, secondsOf } from "../timed";

export const loopRows: readonly Row[] = [
  {
    name: "loop-first-call",
    ours: "first call after npm ci, by two commands: access local access deploy dev --yes, access local access call",
    unit: "s",
    prepare: async () => {
      const folders: string[] = [];
      return {
        ours: async () => {
          const folder = copyOfProject();
          folders.push(folder);
          const access = [process.execPath, "cli/access.cjs"];
          const local = (...args: readonly string[]) =>
            secondsOf({ command: [...access, "local", ...access, ...args], cwd: folder });
          const deployed = await local("deploy", "dev", "--yes");
          return deployed + (await local("call", "POST", "/access", "--client", "test-server"));
        },
        end: async () => {
          for (const folder of folders) rmSync(folder, { recursive: true });
        },
      };
    },
  },
  {
    name: "loop-edit",
    ours: "edit a function until the next call is answered by the new code (access local --watch)",
    unit: "s",
    target: { atMost: 1 },
    prepare: async () => {
      const project = new ServedProject();
      await project.serve("--watch");
      await project.deploy();
      const deployed = await project.deployed();
      const dispatcher = dispatcherFor(deployed);
      const token = await tokenOf("test-server", deployed, dispatcher);
      const url = deployed.routeUrls["POST /access"] ?? "";
      const source = join(project.folder, "lambda", "access.ts");
      const original = readFileSync(source, "utf8");
      let version = 0;
      return {
        ours: () => {
          const mark = `version ${++version}`;
          return seconds(async () => {
            writeFileSync(source, original.replace("body: JSON", `headers: { "x-version": "${mark}" }, body: JSON`));
            for (let found = ""; found !== mark; ) {
              const { headers, body } = await dispatcher.request({
                origin: new URL(url).origin,
                path: new URL(url).pathname,
                method: "POST",
                headers: { authorization: token },
              });
              await body.dump();
              found = String(headers["x-version"]);
            }
          });
        },
        end: async () => {
          await dispatcher.close();
          await project.remove();
        },
      };
    },
  },
  {
    name: "loop-route",
    ours: "add a client and a route (access new, access deploy dev --yes) until the call is answered",
    unit: "s",
    target: { atMost: 10 },
    prepare: async () => {
      const project = new ServedProject();
      await project.serve();
      await project.deploy();
      const terraform = timedTerraform();
      let count = 0;
      let lastNote = "";
      return {
        ours: async () => {
          const name = `added-${++count}`;
          const env = { ...project.environment(), ...terraform.environment };
          const steps: Record<string, number> = {};
          const step = async (label: string, command: string, ...args: readonly string[]) => {
            const taken = await secondsOf({ command: script(`cli/${command}.ts`, ...args), cwd: project.folder, env });
            steps[label] = (steps[label] ?? 0) + taken;
          };
          terraform.forget();
          await step("new", "new", "client", name, "--scopes", "test_resource/test");
          await step("new", "new", "route", "GET", `/${name}`, "--lambda", "access", "--scopes", "test_resource/test");
          await step("deploy", "deploy", "dev", "--yes");
          await step("call", "call", "GET", `/${name}`, "--client", name);
          const parts = Object.entries(steps).map(([label, taken]) => `${label} ${taken.toFixed(1)} s`);
          lastNote = `${parts.join(", ")}; of it Terraform ${terraform.seconds().toFixed(1)} s in ${terraform.count()} runs, cdktf-cli none`;
          return Object.values(steps).reduce((sum, taken) => sum + taken, 0);
        },
        note: () => lastNote,
        end: async () => {
          await project.remove();
          terraform.remove();
        },
      };
    },
  },
];

/** A `terraform` that writes down how long the real one runs. */
function timedTerraform() {
  const folder = scratchFolder();
  const log = join(folder, "log");
  const program = join(folder, "terraform");
  const real = cleanEnvironment()["TERRAFORM_BINARY_NAME"] ?? "terraform";
  const path = process.env["PATH"] ?? "";
  writeFileSync(
    program,
    `#!/bin/sh\nstarted=$(date +%s%N)\nPATH=${JSON.stringify(path)} ${real} "$@"\ncode=$?\necho $(($(date +%s%N) - started)) >>${log}\nexit $code\n`,
  );
  chmodSync(program, 0o755);
  const runs = () => readFileSync(log, "utf8").split("\n").filter(Boolean).map(Number);
  return {
    environment: { PATH: `${folder}:${path}` },
    forget: () => writeFileSync(log, ""),
    seconds: () => runs().reduce((sum, taken) => sum + taken, 0) / 1e9,
    count: () => runs().length,
    remove: () => rmSync(folder, { recursive: true }),
  };
}
