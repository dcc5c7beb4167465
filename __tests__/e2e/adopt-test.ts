/**
 * The page that builds the system with the AWS CLI alone: its lines are run as they stand. On one copy of the account the
 * system is removed as the page says; on another one it is adopted by `npx access adopt`, deployed, and called as before.
 */
import { cpSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../../emulator";
import { hasAws, pathWithAws } from "../support/aws-cli";
import { cleanEnvironment, copyOfProject, run, script } from "../support/processes";
import { shell as runShell } from "../support/programs";

const docs = join(__dirname, "../../docs");
const page = readFileSync(join(docs, "aws-cli.md"), "utf8");
/** What docs/adopt.md shows of the command's output. */
const [, printed] = /^```text\n(.*?)^```$/ms.exec(readFileSync(join(docs, "adopt.md"), "utf8")) ?? [];

/** The blocks that a reader pastes: those that build the system, the one that calls it, and the one that removes it. */
const blocks = [...page.matchAll(/^```bash\n(.*?)^```$/gms)].map(([, block = ""]) => block);
const build = blocks.slice(0, -2).join("\n");
const [call = "", remove = ""] = blocks.slice(-2);

const folder = copyOfProject();
const adopted = join(folder, "orders");
const stack = join(adopted, "cdktf.out", "stacks", "dev");
const account = join(folder, ".aws");
let emulator: Emulator | undefined;
let env: NodeJS.ProcessEnv;

/** Starts an embedded AWS whose account is in that folder, in the place of the one before. */
async function restart(accountFolder: string): Promise<void> {
  await emulator?.close();
  emulator = await startEmulator({ folder: accountFolder, workingDirectories: () => [folder, stack] });
  const known = Object.entries({ ...emulator.environment, AWS_PAGER: "", PATH: pathWithAws }).filter(
    ([, value]) => value !== undefined,
  );
  env = cleanEnvironment(Object.fromEntries(known) as Record<string, string>);
}
afterAll(async () => {
  await emulator?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs lines in a shell on the embedded AWS. */
const shell = (lines: string) => runShell(lines, folder, env);

/** Calls, and tells the hash of the secret, with which the client is known, and the ids. */
const callAndTell = `${call}\nprintf %s "$SECRET" | sha256sum\necho "ids $POOL $API $CLIENT"`;
/** The last lines of it. */
const answersIn = (output: string) => output.trim().split("\n").slice(-4);

let before = "";
let ids: Readonly<Record<"pool" | "api" | "client", string>>;
let variables = "";

const access = (command: string, cwd: string, ...args: readonly string[]) =>
  run(script(join(folder, `cli/${command}.ts`), ...args), cwd, env);

(hasAws ? it : it.skip)(
  "is built, refused without a token, and answered with one",
  async () => {
    await restart(account);
    before = await shell(`${build}\n${callAndTell}`);
    const [, pool = "", api = "", client = ""] = /^ids (\S+) (\S+) (\S+)$/m.exec(before) ?? [];
    ids = { pool, api, client };
    variables = `POOL=${pool}; API=${api}; CLIENT=${client}; PREFIX=orders-by-cli; export AWS_DEFAULT_REGION=ap-northeast-1`;

    expect(answersIn(before).slice(0, 2)).toEqual(["401", `{"caller":"${client}"} 200`]);
    expect(client).toMatch(/^[a-z0-9]{26}$/);
  },
  250_000,
);

(hasAws ? it : it.skip)(
  "is removed with nothing left, after its requests were noted",
  async () => {
    await emulator?.close();
    cpSync(account, join(folder, ".copy"), { recursive: true });
    await restart(join(folder, ".copy"));
    const lookup = "lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=Token_POST --max-results 1";
    const output = await shell(
      `${variables}\naws cloudtrail ${lookup} --query 'Events[].CloudTrailEvent' --output text\n${remove}`,
    );

    expect(output).toMatch(
      /"eventName":"Token_POST",.*"responseParameters":\{"status":200\},"clientId":"[a-z0-9]{26}"/,
    );
    expect(emulator?.resourceCount()).toEqual({});
  },
  250_000,
);

(hasAws ? it : it.skip)(
  "is deployed without a replacement, then planned without a change, and answers the same calls in the same way",
  async () => {
    await restart(account);
    const { pool, api, client } = ids;

    const adoption = await access("adopt", folder, "--pool", pool, "--api", api, "--into", "orders");
    expect(adoption).toMatchObject({ code: 2, stdout: printed });
    expect(readdirSync(adopted).sort()).toEqual(["access.yaml", "adopted.json", "cdktf.json", "lambda"]);

    const deployment = await access("deploy", adopted, "dev", "--yes");
    expect(deployment).toMatchObject({ code: 0 });
    expect(deployment.stdout).toMatch(/10 added, 8 changed, 0 destroyed/);

    const plan = await run(["terraform", "plan", "-detailed-exitcode", "-no-color"], stack, env);
    expect(plan).toMatchObject({ code: 0, stdout: expect.stringContaining("No changes.") });

    const outputs = JSON.parse((await run(["terraform", "output", "-json"], stack, env)).stdout);
    expect(outputs).toMatchObject({
      client_ids: { value: { billing: client } },
      route_urls: { value: { "POST /access": `https://${api}.execute-api.ap-northeast-1.amazonaws.com/dev/access` } },
    });
    const after = await shell(`${variables}\n${callAndTell}`);
    expect(answersIn(after)).toEqual(answersIn(before));
  },
  250_000,
);
