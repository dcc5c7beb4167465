/** `npx access adopt` on the system that docs/aws-cli.md builds with the AWS CLI: adopted, deployed, and called as before. */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../../emulator";
import { cleanEnvironment, copyOfProject, run, script } from "../support/processes";
import { isInstalled, shell as runShell } from "../support/programs";

const docs = join(__dirname, "../../docs");
const page = readFileSync(join(docs, "aws-cli.md"), "utf8");
/** What docs/adopt.md shows of the command's output. */
const [, printed] = /^```text\n(.*?)^```$/ms.exec(readFileSync(join(docs, "adopt.md"), "utf8")) ?? [];

/** The blocks that a reader pastes: those that build the system, the one that calls it, and the one that removes it. */
const blocks = [...page.matchAll(/^```bash\n(.*?)^```$/gms)].map(([, block = ""]) => block);
const build = blocks.slice(0, -2).join("\n");
const call = blocks.at(-2) ?? "";

const hasAws = isInstalled("aws");
if (!hasAws) console.warn("skipped: the AWS CLI is not installed");

const folder = copyOfProject();
const adopted = join(folder, "orders");
const stack = join(adopted, "cdktf.out", "stacks", "dev");
let emulator: Emulator;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  emulator = await startEmulator({ folder: join(folder, ".aws"), workingDirectories: () => [stack] });
  const known = Object.entries({ ...emulator.environment, AWS_PAGER: "" }).filter(([, value]) => value !== undefined);
  env = cleanEnvironment(Object.fromEntries(known) as Record<string, string>);
});
afterAll(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs lines in a shell on the embedded AWS. */
const shell = (lines: string) => runShell(lines, folder, env);

const access = (command: string, cwd: string, ...args: readonly string[]) =>
  run(script(join(folder, `cli/${command}.ts`), ...args), cwd, env);

(hasAws ? it : it.skip)(
  "is deployed without a replacement, then planned without a change, and answers the same calls in the same way",
  async () => {
    const secret =
      'aws cognito-idp describe-user-pool-client --user-pool-id "$POOL" --client-id "$CLIENT" --query UserPoolClient.ClientSecret --output text';
    const before = await shell(`${build}\n${call}\n${secret} | sha256sum\necho "ids $POOL $API $CLIENT"`);
    const [, pool = "", api = "", client = ""] = /^ids (\S+) (\S+) (\S+)$/m.exec(before) ?? [];
    const variables = `POOL=${pool}; API=${api}; CLIENT=${client}; PREFIX=orders-by-cli; export AWS_DEFAULT_REGION=ap-northeast-1`;

    const adoption = await access("adopt", folder, "--pool", pool, "--api", api, "--into", "orders");
    expect(adoption).toMatchObject({ code: 2, stdout: printed });
    expect(readdirSync(adopted).sort()).toEqual(["access.yaml", "adopted.json", "cdktf.json", "lambda"]);

    const again = await access("adopt", folder, "--pool", pool, "--api", api, "--into", "orders");
    expect(again).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("access.yaml, which would be overwritten"),
    });

    const deployment = await access("deploy", adopted, "dev", "--yes");
    expect(deployment).toMatchObject({ code: 0 });
    expect(deployment.stdout).toMatch(/10 added, 8 changed, 0 destroyed/);

    const plan = await run(["terraform", "plan", "-detailed-exitcode", "-no-color"], stack, env);
    expect(plan).toMatchObject({ code: 0, stdout: expect.stringContaining("No changes.") });

    const ids = JSON.parse((await run(["terraform", "output", "-json"], stack, env)).stdout);
    expect(ids).toMatchObject({
      client_ids: { value: { billing: client } },
      route_urls: { value: { "POST /access": `https://${api}.execute-api.ap-northeast-1.amazonaws.com/dev/access` } },
    });
    const after = await shell(`${variables}\n${call}\n${secret} | sha256sum\necho "ids $POOL $API $CLIENT"`);
    const answers = (output: string) => output.split("\n").slice(-5);
    expect(answers(after)).toEqual(answers(before));
    expect(answers(after).slice(0, 2)).toEqual(["401", `{"caller":"${client}"} 200`]);
  },
  250_000,
);
