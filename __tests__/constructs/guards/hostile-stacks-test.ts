/** Guards against generated stacks: what docs/guards.md says is refused, in every form and disguise that Terraform takes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { App, TerraformStack } from "cdktf";
import { parseAccessModel } from "../../../access/access-model";
import { addStacks } from "../../../main";
import { guardedApp, IDENTITY, refusals } from "../../support/guarded-stack";
import { OPENINGS, type Opening, type Write } from "../../support/openings";
import { seededRandom } from "../../support/seeded-random";
import { STACK_FORMS } from "../../support/stack-forms";

type Json = Readonly<Record<string, unknown>>;

const project = join(__dirname, "..", "..", "..");
const SEED = 20_261_130;
/** With SOAK more of them. */
const STACKS = process.env["SOAK"] === undefined ? 150 : 400;

/** An access model with every setting that adds resources. */
const EVERYTHING = `
environments:
  dev:
    region: eu-west-1
    tokenDomain: { name: auth.example.com, certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/1" }
    apiDomain: { name: api.example.com, certificateArn: "arn:aws:acm:eu-west-1:123456789012:certificate/2" }
    accountId: "123456789012"
    backend: { s3: { bucket: acme-state } }
    methodMetrics: true
    tracing: true
    firewall: { requestsPerFiveMinutes: 1000 }
    alarms: { topicArn: "arn:aws:sns:eu-west-1:123456789012:on-call" }
    dashboard: true
    tokenCache: { minutes: 5 }
resourceServers:
  orders: { scopes: { read: Read, write: Write } }
clients:
  shop: { scopes: [orders/read], secret: { readers: ["arn:aws:iam::123456789012:role/shop"] } }
routes:
  GET /orders/{id}: { lambda: access, scopes: [orders/read], cors: true, throttling: { requestsPerSecond: 5, burst: 9 } }
  ANY /orders/{id}/{rest+}: { lambda: access, scopes: [orders/write] }
  POST /bills/{id}: { url: "https://bills.example.com/{id}", scopes: [orders/write] }
  GET /alive: { lambda: access, public: true, reason: Load balancers probe it }
`;
const MODELS = {
  "access.yaml": readFileSync(join(project, "access.yaml"), "utf8"),
  ...Object.fromEntries(
    ["one-service", "several-teams", "public-api"].map((name) => [
      name,
      readFileSync(join(project, "examples", name, "access.yaml"), "utf8"),
    ]),
  ),
  "every setting": EVERYTHING,
};

/** The first stack of a model, whose functions are all the same. */
function synthesized(yaml: string): TerraformStack {
  const functions = [...yaml.matchAll(/lambda: ([\w-]+)/g)].map(([, name = ""]) => name);
  const model = parseAccessModel(yaml, { file: "access.yaml", functions });
  const routes = model.routes.map((route) =>
    route.backend.kind === "lambda" ? { ...route, backend: { ...route.backend, lambda: "access" } } : route,
  );
  const app = new App({ outdir: guardedApp().outdir });
  addStacks(app, { ...model, environments: model.environments.slice(0, 1), routes, isStrict: true });
  return app.node.findAll().find(TerraformStack.isStack) as TerraformStack;
}

/** The stack to which the openings are added, with the constructs that its guards look up. */
const own = synthesized(MODELS["access.yaml"]);

/** Lines of the refusal of the stack with another content. */
function refusalsIn(json: unknown, stack = own) {
  stack.toTerraform = () => json;
  return refusals(App.of(stack) as App);
}

/** The stack with more resources. */
function withResources(stack: Json, resources: Readonly<Record<string, Json>>): Json {
  const all = stack["resource"] as Readonly<Record<string, Json>>;
  const added = Object.entries(resources).map(([type, named]) => [type, { ...all[type], ...named }]);
  return { ...stack, resource: { ...all, ...Object.fromEntries(added) } };
}

/** Ways to write a value so that it is not read at first sight. */
const DISGUISES: Readonly<Record<string, Write>> = {
  plain: (value) => value,
  literal: (value) => `$\x7b${JSON.stringify(value)}}`,
  "local value": () => "$\x7blocal.hidden}",
  variable: () => "$\x7bvar.hidden}",
  function: (value) => `$\x7btrimspace(${JSON.stringify(value)})}`,
  conditional: (value) => `$\x7btrue ? ${JSON.stringify(value)} : ""}`,
  directive: (value) => `%\x7bif true}${value}%\x7bendif}`,
  "each value": () => "$\x7beach.value}",
  "echo of a resource": () => "$\x7bterraform_data.hidden.output}",
  "echo of a data source": () => "$\x7bdata.aws_ssm_parameter.hidden.value}",
  "description of a resource": () => "$\x7baws_iam_role.hidden.description}",
};

const TRUST = JSON.stringify({
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } }],
});

/** The stack with the opening; the value that decides is also what a disguise refers to. */
function opened(stack: Json, { type, attributes, block }: Opening, write: Write, isDynamic: boolean): Json {
  let hidden: unknown = "";
  const plain = attributes((value) => {
    hidden = value;
    return write(value);
  });
  const { [block ?? ""]: content, ...rest } = plain;
  const body = isDynamic && block !== undefined ? { ...rest, dynamic: { [block]: { for_each: [1], content } } } : plain;
  return withResources(stack, {
    aws_iam_role: { hidden: { name: "hidden", description: String(hidden), assume_role_policy: TRUST } },
    terraform_data: { hidden: { input: hidden } },
    // Only an authorizer's pool has an issuer that matters.
    [type]: {
      ...(type === "aws_iam_role" ? { hidden: {} } : {}),
      [type === "aws_cognito_user_pool" ? "pool" : "it"]: body,
    },
  });
}

const base = withResources(own.toTerraform() as Json, IDENTITY);
const all = Object.values(OPENINGS).flat();

describe("what the project synthesizes", () => {
  it.each(Object.entries(MODELS))("passes in every form, in strict mode: %s", (_name, yaml) => {
    const stack = synthesized(yaml);
    const json = stack.toTerraform();

    expect(refusalsIn(json, stack)).toEqual([]);
    for (const write of Object.values(STACK_FORMS)) expect(refusalsIn(write(json), stack)).toEqual([]);
  });

  it("passes with what the openings refer to", () => {
    const harmless: Opening = { type: "terraform_data", attributes: (write) => ({ input: write("x") }) };

    for (const write of Object.values(DISGUISES)) expect(refusalsIn(opened(base, harmless, write, false))).toEqual([]);
  });
});

describe("the list in docs/guards.md of what is refused", () => {
  const list = readFileSync(join(project, "docs", "guards.md"), "utf8");
  const claims = list.split("\n").flatMap((line) => (line.startsWith("- ") ? [line.slice(2)] : []));

  it("claims what has openings that are tried, and nothing else", () => {
    expect(claims).toEqual(Object.keys(OPENINGS));
  });

  it.each(Object.entries(OPENINGS))("is true of %s", (_claim, openings) => {
    const passed = openings.filter((one) => refusalsIn(opened(base, one, (value) => value, false)).length === 0);

    expect(passed.map(({ type, attributes }) => [type, attributes((value) => value)])).toEqual([]);
  });
});

it(`refuses ${STACKS} hostile stacks of the seed ${SEED}`, () => {
  const random = seededRandom(SEED);
  const one = <T>(items: readonly T[]) => items[Math.floor(random() * items.length)] as T;
  const passed = Array.from({ length: STACKS }, () => {
    const hostile = one(all);
    const [disguise, write] = one(Object.entries(DISGUISES));
    const [form, convert] = one(Object.entries(STACK_FORMS));
    const isDynamic = random() < 0.5;
    const lines = refusalsIn(convert(opened(base, hostile, write, isDynamic)));
    return lines.length > 0 ? [] : [{ type: hostile.type, attributes: hostile.attributes(write), disguise, form }];
  });

  expect(passed.flat()).toEqual([]);
});
