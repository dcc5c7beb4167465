/** An environment for a pull request, as the access model reads it. */

import { parse } from "yaml";
import { parseAccessModel } from "../../../access/access-model";
import {
  localEnvironments,
  namedEnvironments,
  PREVIEW_TAG,
  waveOf,
  withPreview,
  withPreviewClients,
  workflowEnvironments,
} from "../../../operations/github/preview";

const read = (text: string) => parseAccessModel(text, { file: "access.yaml", functions: ["access"] });

const accessYaml = (dev: string, client = "scopes: [orders/read]", other = "") => `# What a person wrote stays.
environments:
  dev: { region: eu-west-1, ${dev} }${other}
resourceServers:
  orders: { name: Orders, scopes: { read: Read orders } }
clients:
  billing: { ${client} }
routes:
  GET /orders: { lambda: access, scopes: [orders/read] }
`;
const S3 = 'domainPrefix: orders-dev, ephemeral: true, accountId: "012345678901", backend: { s3: { bucket: states } }';

const preview = (text: string, from = "dev", number = 12) =>
  read(withPreview(text, read(text), from, number)).environments.find(({ name }) => name === `pr-${number}`);

describe("withPreview", () => {
  it("copies the environment under names, and with a state, of its own", () => {
    const text = accessYaml(S3);
    const [dev] = read(text).environments;

    expect(preview(text)).toEqual({
      ...dev,
      name: "pr-12",
      prefix: "orders-dev-pr-12",
      tags: { [PREVIEW_TAG]: "orders-dev" },
      tokenDomain: { kind: "prefix", prefix: "orders-dev-pr-12" },
      backend: { ...dev?.backend, key: "machine-access/eu-west-1/orders-dev/dev-pr-12.tfstate" },
    });
  });

  it("keeps the rest of the file as it is", () => {
    const text = accessYaml(S3);
    const made = withPreview(text, read(text), "dev", 12);

    expect(made).toContain("# What a person wrote stays.");
    expect(read(made).clients).toEqual(read(text).clients);
    expect(read(made).routes).toEqual(read(text).routes);
  });

  it("leaves out domains of one's own", () => {
    const arn = "arn:aws:acm:us-east-1:012345678901:certificate/0c5d1a52-83c4-4a4e-8d0b-6f1f8a1c2d22";
    const domain = (name: string) => `{ name: ${name}.example.com, certificateArn: "${arn}" }`;
    const text = accessYaml(
      `tokenDomain: ${domain("auth")}, apiDomain: ${domain("api").replace("us-east-1", "eu-west-1")}, ephemeral: true, backend: { s3: { bucket: states, key: here.tfstate } }`,
    );

    expect(preview(text)).toMatchObject({
      apiDomain: undefined,
      tokenDomain: { kind: "prefix", prefix: "auth-example-com-pr-12" },
      backend: { key: "dev-pr-12.tfstate" },
    });
  });

  it("takes a workspace of its own on HCP Terraform", () => {
    const text = accessYaml(
      "domainPrefix: orders-dev, ephemeral: true, backend: { hcp: { organization: acme, workspace: dev } }",
    );

    expect(preview(text)?.backend).toMatchObject({ kind: "hcp", workspace: "dev-pr-12" });
  });

  it("lets in the clients that are limited to the copied environment", () => {
    const other = "\n  prod: { region: eu-west-1, domainPrefix: orders-prod }";
    const limited = (to: string) => accessYaml(S3, `scopes: [orders/read], environments: [${to}]`, other);
    const clientOf = (text: string) => read(withPreview(text, read(text), "dev", 12)).clients[0]?.environments;

    expect(clientOf(limited("dev"))).toEqual(["dev", "pr-12"]);
    expect(clientOf(limited("prod"))).toEqual(["prod"]);
  });

  it.each([
    ["is not ephemeral", S3.replace("ephemeral: true", "ephemeral: false"), "it is not ephemeral"],
    ["keeps its state on one machine", "domainPrefix: orders-dev, ephemeral: true", "its state is on one machine"],
    ["has too long a name", S3.replace("orders-dev", "o".repeat(60)), "has 66 characters; 63 are allowed"],
  ])("refuses an environment that %s", (_how, dev, message) => {
    expect(() => preview(accessYaml(dev))).toThrow(message);
  });

  it("refuses to take the place of another environment", () => {
    const text = accessYaml(
      S3,
      undefined,
      `\n  pr-12: { region: eu-west-1, ${S3.replace("orders-dev", "twelve-pr-12")} }`,
    );

    expect(() => preview(text)).toThrow('"pr-12" already exists');
  });

  it("refuses an environment that is not there", () => {
    expect(() => preview(accessYaml(S3), "test")).toThrow('access.yaml has no environment "test".');
  });
});

describe("workflowEnvironments", () => {
  const model = read(
    accessYaml(
      S3,
      undefined,
      "\n  eu-prod: { region: eu-west-1, domainPrefix: p, backend: { hcp: { organization: a, workspace: b } } }\n  mine: { region: eu-west-1, domainPrefix: m }",
    ),
  );

  it("are those whose state every runner can reach", () => {
    expect(workflowEnvironments(model)).toEqual([
      {
        name: "dev",
        region: "eu-west-1",
        ephemeral: true,
        planRole: "AWS_PLAN_ROLE_DEV",
        rotateRole: "AWS_ROTATE_ROLE_DEV",
      },
      {
        name: "eu-prod",
        region: "eu-west-1",
        ephemeral: false,
        planRole: "AWS_PLAN_ROLE_EU_PROD",
        rotateRole: "AWS_ROTATE_ROLE_EU_PROD",
      },
    ]);
  });

  it("can be named in a list, each once, in the order of the list", () => {
    const named = (list: string) => namedEnvironments(model, list).map(({ name }) => name);

    expect([named("eu-prod, dev,dev"), named(" dev\n"), named(" , ")]).toEqual([["eu-prod", "dev"], ["dev"], []]);
    expect(() => named("dev,test")).toThrow(
      'workflows can deploy no environment "test". They can deploy: dev, eu-prod.',
    );
    expect(() => named("mine")).toThrow('workflows can deploy no environment "mine"');
  });

  it("are refused while the file has a preview, which the teardown of previews would destroy", () => {
    const text = accessYaml(S3);
    expect(() => workflowEnvironments(read(withPreview(text, read(text), "dev", 12)))).toThrow(
      'environment "pr-12" has the name of the preview of a pull request. Remove it from access.yaml',
    );
  });

  it("are not those whose state is on one machine", () => {
    expect(localEnvironments(model)).toEqual(["mine"]);
  });
});

describe("waveOf", () => {
  const REMOTE = "backend: { s3: { bucket: states } }";
  const model = (dev: string) =>
    read(
      accessYaml(
        dev,
        undefined,
        `\n  prod: { region: eu-west-1, domainPrefix: p, ${REMOTE}, after: dev }\n  other: { region: eu-west-1, domainPrefix: o, ${REMOTE} }`,
      ),
    );
  const names = (wave: number) => waveOf(model(S3), wave).map(({ name }) => name);

  it("has environments after none first, and those after others later", () => {
    expect([1, 2, 3].map(names)).toEqual([["dev", "other"], ["prod"], []]);
  });

  it("is refused where an environment is after one that no workflow can deploy", () => {
    expect(() => waveOf(model("domainPrefix: d"), 1)).toThrow(
      'environment "prod" is deployed after "dev", which stores its state on one',
    );
  });
});

describe("withPreviewClients", () => {
  it("lets clients of a team's file that are limited to the copied environment into the preview", () => {
    const text = "clients: # ours\n  a: { environments: [dev] }\n  b: { environments: [prod] }\n  c: {}\n";
    const made = withPreviewClients(text, "dev", 7);
    expect(made).toContain("# ours");
    expect(parse(made)).toEqual({
      clients: { a: { environments: ["dev", "pr-7"] }, b: { environments: ["prod"] }, c: {} },
    });
  });
});
