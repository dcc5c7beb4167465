/**
 * What a review says after somebody changed the deployment by hand, with the code as it was: what the plan puts back,
 * whose id is dead already, and no loud line about what only comes back.
 */
import {
  CognitoIdentityProviderClient,
  DeleteUserPoolClientCommand,
  UpdateUserPoolClientCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { DeleteFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { TamperedProject } from "../support/tampered-project";
import { tamperWithFunctions, tamperWithGate, tamperWithPool } from "../support/tamperings";

jest.setTimeout(300_000);

const project = new TamperedProject();

beforeAll(() => project.open());
afterAll(() => project.close());

/** A review in short: loud lines, calls won and lost, what is done to resources, and attributes of those updated. */
async function review() {
  const { code, stdout, stderr } = await project.cli("review", "dev");
  for (const secret of project.secrets()) expect(stdout + stderr).not.toContain(secret);
  const section = (title: string) => stdout.split(`### ${title}\n`)[1]?.split("\n### ")[0] ?? "";
  const rows = (text: string) => text.match(/^\| (?!---|route|action).*$/gm) ?? [];
  return {
    code,
    alerts: stdout.match(/^> (?!\[!).*$/gm) ?? [],
    calls: rows(section("Who can call what")),
    resources: rows(section("Resources")).map((row) =>
      row
        .split(" | ")
        .slice(0, 2)
        .join(" | ")
        .replace(/<br>.*/, ""),
    ),
    text: stdout,
  };
}

const THE_API = (count: string) =>
  `> The API was changed outside of the code (${count}). Who could call what before is told as it is configured now, deployed or not; \`npm run drift -- dev\` tells what answers.`;

describe("a review, after somebody changed", () => {
  afterEach(() => project.apply());

  it("clients and scopes, tells who gets back what and whose id is dead", async () => {
    const { reporting } = project.ids().clientIds;
    await tamperWithPool(project);
    const { code, alerts, calls, resources, text } = await review();

    expect([code, alerts]).toEqual([
      0,
      [
        `> The client \`reporting\` was deleted outside of the code: its id \`${reporting}\` is dead. It gets a new id and a new secret, which its owner needs before the next call.`,
        "> The client `billing` may get tokens by more flows: `client_credentials`.",
        "> The client `billing` may get tokens by OAuth, which was turned off for it.",
        "> The client `shop` loses scopes: `orders/audit`. Whoever asks for one of them by name gets no token at all; tokens that were issued before keep them, for 60 minutes at most.",
      ],
    ]);
    expect(calls).toEqual([
      "| `GET /orders` | `billing` | – → ✓ | gains |",
      "| `GET /orders` | `reporting` | – → ✓ | gains |",
      "| `POST /orders` | `shop` | – → ✓ | gains |",
    ]);
    expect(resources).toEqual([
      "| update | `identity/resource-server-orders`",
      "| update | `identity/client-billing`",
      "| update | `identity/client-shop`",
      "| update | `functions/orders/function`",
      "| create | `identity/client-reporting`",
    ]);
    expect(text).toContain(
      '`allowed_oauth_scopes`: `["orders/audit","orders/read"]` → `["orders/read","orders/write"]`',
    );
  });

  it("methods and the authorizer, tells who loses what was opened", async () => {
    await tamperWithGate(project);
    await project.updateMethod("GET", "/orders", "replace", "/authorizationType", "NONE");
    const { code, alerts, calls, resources } = await review();

    expect([code, alerts]).toEqual([0, [THE_API("3 resources")]]);
    expect(calls).toEqual([
      "| `GET /orders` | **anybody** | ✓ → – | **loses** |",
      "| `GET /orders` | `auditor` | ✓ → – | loses |",
      "| `POST /orders` | `billing` | ✓ → – | loses |",
      "| `POST /orders` | `reporting` | ✓ → – | loses |",
    ]);
    expect(resources).toEqual([
      "| **replace** | `api/deployment`",
      "| update | `api/authorizer`",
      "| update | `api/GET --orders/method`",
      "| update | `api/POST --orders/method`",
      "| update | `api/stage`",
    ]);
  });

  it("functions, their environment, permissions and roles, tells that routes are broken and not that they lead elsewhere", async () => {
    await tamperWithFunctions(project);
    await project.client(LambdaClient).send(new DeleteFunctionCommand({ FunctionName: "tampered-dev-status" }));
    const { code, alerts, calls, resources } = await review();

    expect([code, alerts]).toEqual([
      0,
      [
        "> Lines of the log group `/aws/lambda/tampered-dev-orders` are kept 30 days, before 365.",
        "> The function `tampered-dev-status` was deleted outside of the code: its routes answer 500 until it is there again.",
        "> The environment of the function `tampered-dev-access` was changed outside of the code: whom it let in until now may be others than are told.",
      ],
    ]);
    expect(calls).toEqual(["| `ANY /access/{proxy+}` | `auditor` | – → ✓ | gains |"]);
    expect(resources).toEqual([
      "| **replace** | `api/deployment`",
      "| update | `api/GET --status/integration`",
      "| update | `api/stage`",
      "| update | `functions/orders/logs`",
      "| update | `functions/orders/may-log`",
      "| update | `functions/access/function`",
      "| create | `functions/status/function`",
      "| create | `api/GET --status/may-invoke`",
    ]);
  });

  it("the function that decides who calls, shows nobody as a loser who never got in", async () => {
    await project.client(LambdaClient).send(new DeleteFunctionCommand({ FunctionName: "tampered-dev-access" }));
    const { code, calls, resources } = await review();

    expect([code, calls]).toEqual([0, []]);
    expect(resources).toContain("| create | `functions/access/function`");
  });

  it("which deployment answers, tells that nobody knows from the plan what was answered", async () => {
    const first = await project.deployByHand();
    await project.apply();
    await project.moveStage(first);
    const { code, alerts, calls, resources } = await review();

    expect([code, alerts]).toEqual([0, [THE_API("1 resource")]]);
    expect([calls, resources]).toEqual([[], ["| update | `api/stage`"]]);
  });

  it("a method by deleting it, tells that it comes back", async () => {
    await project.deleteMethod("POST", "/orders");
    const { code, alerts, calls, resources } = await review();

    expect([code, alerts]).toEqual([0, [THE_API("2 resources")]]);
    expect(calls).toEqual(["| `POST /orders` | `shop` | – → ✓ | gains |"]);
    expect(resources).toEqual(["| create | `api/POST --orders/integration`", "| create | `api/POST --orders/method`"]);
  });
});

describe("an apply, after somebody changed something else since the review", () => {
  afterEach(() => project.apply());

  it("does what was reviewed, and the next review tells the rest", async () => {
    await project.updateMethod("POST", "/orders", "add", "/authorizationScopes", "orders/read");
    const { fingerprint } = JSON.parse((await project.cli("review", "dev", "--json")).stdout);
    await project.updateMethod("GET", "/orders", "replace", "/authorizationType", "NONE");
    const applied = await project.cli("apply", "dev.plan", "--json");
    const { calls } = await review();

    expect(JSON.parse(applied.stdout)).toMatchObject({ fingerprint, destroyed: 1 });
    expect(calls).toEqual([
      "| `GET /orders` | **anybody** | ✓ → – | **loses** |",
      "| `GET /orders` | `auditor` | ✓ → – | loses |",
    ]);
  });

  it("fails when what it changes is gone, and says what to do", async () => {
    const cognito = project.client(CognitoIdentityProviderClient);
    const { UserPoolId, clientIds } = project.ids();
    await cognito.send(new UpdateUserPoolClientCommand({ UserPoolId, ClientId: clientIds["billing"] }));
    expect((await project.cli("review", "dev")).code).toBe(0);
    await cognito.send(new DeleteUserPoolClientCommand({ UserPoolId, ClientId: clientIds["billing"] }));
    const { code, stdout, stderr } = await project.cli("apply", "dev.plan");

    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/identity_client-billing\S*: .*(?:ResourceNotFoundException|does not exist)/);
    expect(stderr).toMatch(/apply the same plan again\.\n$|npm run review -- dev\n$/);
  });
});

describe("a review of what was put back", () => {
  it("finds nothing", async () => {
    expect((await review()).text).toContain("**Nothing changes.**");
  });
});
