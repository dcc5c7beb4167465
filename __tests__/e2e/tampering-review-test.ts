/** Reviews after out-of-band changes, with the code as it was: what the plan puts back, and which ids are lost. */
import {
  CognitoIdentityProviderClient,
  DeleteUserPoolClientCommand,
  UpdateUserPoolClientCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { DeleteFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { reviewMarkdown } from "../../operations/review/review-markdown";
import { TamperedProject } from "../support/tampered-project";
import { tamperWithFunctions, tamperWithGate, tamperWithPool } from "../support/tamperings";

jest.setTimeout(300_000);

const project = new TamperedProject();

beforeAll(() => project.open());
afterAll(() => project.close());

/** A review in short: alerts, gained and lost calls, and what is done to resources. */
async function review() {
  return inShort(reviewMarkdown(await project.review()));
}

/** As much of what the command prints. */
async function printedReview() {
  const { code, stdout, stderr } = await project.ask("review", "dev");
  expect(stderr).toContain("Saved in dev.plan.");
  for (const secret of project.secrets()) expect(stdout + stderr).not.toContain(secret);
  return { code, ...inShort(stdout) };
}

function inShort(text: string) {
  for (const secret of project.secrets()) expect(text).not.toContain(secret);
  const section = (title: string) => text.split(`### ${title}\n`)[1]?.split("\n### ")[0] ?? "";
  const rows = (text: string) => text.match(/^\| (?!---|route|action).*$/gm) ?? [];
  return {
    alerts: text.match(/^> (?!\[!).*$/gm) ?? [],
    calls: rows(section("Who can call what")),
    resources: rows(section("Resources")).map((row) =>
      row
        .split(" | ")
        .slice(0, 2)
        .join(" | ")
        .replace(/<br>.*/, ""),
    ),
    text,
  };
}

const THE_API = (count: string) =>
  `> The API was changed outside Terraform (${count}). The calls before the plan are those of its configuration, which may not be deployed; \`npx access drift dev\` shows what answers.`;

describe("a review after out-of-band changes of", () => {
  it("clients, scopes and functions shows what each gets back, the lost id and the broken routes", async () => {
    const { reporting } = project.ids().clientIds;
    await tamperWithPool(project);
    await tamperWithFunctions(project);
    await project.client(LambdaClient).send(new DeleteFunctionCommand({ FunctionName: "tampered-dev-status" }));
    const { code, alerts, calls, resources, text } = await printedReview();
    await project.apply();

    expect([code, alerts]).toEqual([
      0,
      [
        `> The client \`reporting\` was deleted outside Terraform, and will be created again: its id \`${reporting}\` is no longer valid. It gets a new id and a new secret, which its owner needs before the next call.`,
        "> The client `billing` can get tokens by more flows: `client_credentials`.",
        "> The client `billing` can get tokens by OAuth, which was turned off.",
        "> The log group `/aws/lambda/tampered-dev-orders` keeps its log events for fewer days: 30 (was 365).",
        "> The client `shop` loses scopes: `orders/audit`. A request that names one of them gets no token.",
        "> Tokens that the client `shop` already has stay valid for up to 60 minutes after the deployment. API Gateway accepts them, and the functions refuse them at once at `ANY /access/{proxy+}`.",
        "> Tokens that the client `reporting` already has stay valid for up to 60 minutes after the deployment. API Gateway accepts them, and the functions refuse them at once at `GET /orders`.",
        "> The function `tampered-dev-status` was deleted outside Terraform: its routes answer 500 until it is created again.",
        "> The environment of the function `tampered-dev-access` was changed outside Terraform: at present it may allow other clients than shown.",
      ],
    ]);
    expect(calls).toEqual([
      "| `ANY /access/{proxy+}` | `auditor` | - → ✓ | gains |",
      "| `GET /orders` | `billing` | - → ✓ | gains |",
      "| `GET /orders` | `reporting` | - → ✓ | gains |",
      "| `POST /orders` | `shop` | - → ✓ | gains |",
    ]);
    expect(resources).toEqual([
      "| **replace** | `api/deployment`",
      "| update | `api/GET --status/integration`",
      "| update | `api/stage`",
      "| update | `functions/orders/logs`",
      "| update | `identity/resource-server-orders`",
      "| update | `identity/client-billing`",
      "| update | `identity/client-shop`",
      "| update | `functions/orders/may-log`",
      "| update | `functions/access/function`",
      "| update | `functions/orders/function`",
      "| create | `identity/client-reporting`",
      "| create | `functions/status/function`",
      "| create | `api/GET --status/may-invoke`",
    ]);
    expect(text).toContain(
      '`allowed_oauth_scopes`: `["orders/audit","orders/read"]` → `["orders/read","orders/write"]`',
    );
  });

  it("methods and the authorizer shows what each loses", async () => {
    await tamperWithGate(project);
    await project.updateMethod("GET", "/orders", "replace", "/authorizationType", "NONE");
    const { alerts, calls, resources } = await review();
    await project.applyReviewed();

    expect(alerts).toEqual([THE_API("3 resources")]);
    expect(calls).toEqual([
      "| `GET /orders` | **anyone** | ✓ → - | **loses** |",
      "| `GET /orders` | `auditor` | ✓ → - | loses |",
    ]);
    expect(resources).toEqual([
      "| **replace** | `api/deployment`",
      "| update | `api/authorizer`",
      "| update | `api/GET --orders/method`",
      "| update | `api/POST --orders/method`",
      "| update | `api/stage`",
    ]);
  });

  it("the stage's deployment reports that the plan does not show what was answered", async () => {
    await project.deployByHand();
    const { alerts, calls, resources } = await review();
    await project.applyReviewed();

    expect(alerts).toEqual([THE_API("1 resource")]);
    expect([calls, resources]).toEqual([[], ["| update | `api/stage`"]]);
  });

  it("a method, and the function that checks clients, shows the call that is answered again, and no client as losing", async () => {
    await project.deleteMethod("POST", "/orders");
    await project.client(LambdaClient).send(new DeleteFunctionCommand({ FunctionName: "tampered-dev-access" }));
    const { alerts, calls, resources } = await review();
    await project.applyReviewed();

    expect(alerts).toEqual([
      "> The function `tampered-dev-access` was deleted outside Terraform: its routes answer 500 until it is created again.",
      THE_API("2 resources"),
    ]);
    expect(calls).toEqual(["| `POST /orders` | `shop` | - → ✓ | gains |"]);
    expect(resources).toEqual(
      expect.arrayContaining([
        "| create | `api/POST --orders/integration`",
        "| create | `api/POST --orders/method`",
        "| create | `functions/access/function`",
      ]),
    );
  });
});

describe("an apply after out-of-band changes since the review", () => {
  it("does what was reviewed, and the next review shows the rest", async () => {
    await project.updateMethod("POST", "/orders", "add", "/authorizationScopes", "orders/read");
    const { fingerprint } = JSON.parse((await project.ask("review", "dev", "--json")).stdout);
    await project.updateMethod("GET", "/orders", "replace", "/authorizationType", "NONE");
    const applied = await project.ask("apply", "dev.plan", "--json");
    const { calls } = await review();
    await project.applyReviewed();

    expect(JSON.parse(applied.stdout)).toMatchObject({ fingerprint, destroyed: 1 });
    expect(calls).toEqual([
      "| `GET /orders` | **anyone** | ✓ → - | **loses** |",
      "| `GET /orders` | `auditor` | ✓ → - | loses |",
    ]);
  });

  it("fails when what it changes was deleted, and reports what to do", async () => {
    const cognito = project.client(CognitoIdentityProviderClient);
    const { UserPoolId, clientIds } = project.ids();
    await cognito.send(new UpdateUserPoolClientCommand({ UserPoolId, ClientId: clientIds["billing"] }));
    expect((await project.ask("review", "dev")).code).toBe(0);
    await cognito.send(new DeleteUserPoolClientCommand({ UserPoolId, ClientId: clientIds["billing"] }));
    const { code, stdout, stderr } = await project.ask("apply", "dev.plan");
    await project.apply();

    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/identity_client-billing\S*: .*(?:ResourceNotFoundException|does not exist)/);
    expect(stderr).toMatch(/run the same command again\.\n$|npx access review dev\n$/);
  });
});

describe("a review of what was put back", () => {
  it("finds nothing", async () => {
    expect((await review()).text).toContain("**Nothing changes.**");
  });
});
