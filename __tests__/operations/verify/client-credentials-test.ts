import { join } from "node:path";
import { judgeStored, storedCredentials } from "../../../operations/verify/client-credentials";
import { type AwsOptions, aws } from "../../../platform/aws";
import { userFolder } from "../../../platform/project";

const VERSION = "aws_secretsmanager_secret_version.a";
const store = {
  arn: "arn:aws:secretsmanager:eu-west-1:1:secret:a",
  region: "eu-west-1",
  scopes: ["b/two", "a/one"],
  version: VERSION,
};
const credentials = { client_id: "id", client_secret: "hidden", token_url: "https://token", scope: "a/one b/two" };
const deployment = {
  environment: "dev",
  tokenUrl: "https://token",
  issuer: "",
  routeUrls: {},
  clientIds: { billing: "id" },
  clientSecrets: { billing: "known" },
};

/** AWS that responds to each operation with a status and a body. */
function responding(responses: Readonly<Record<string, readonly [status: number, body: object]>>) {
  const handle = async ({ headers }: { readonly headers: Readonly<Record<string, string>> }) => {
    const [statusCode, body] = responses[headers["x-amz-target"]?.split(".")[1] ?? ""] ?? [500, {}];
    return { response: { statusCode, headers: {}, body: new Blob([JSON.stringify(body)]).stream() } };
  };
  const requestHandler = { handle } as unknown as NonNullable<AwsOptions["requestHandler"]>;
  return aws("eu-west-1", { requestHandler, maxAttempts: 1, credentials: { accessKeyId: "a", secretAccessKey: "b" } });
}

const error = (name: string): readonly [number, object] => [400, { __type: name }];
const value = (text: string): readonly [number, object] => [200, { SecretString: text }];

describe("storedCredentials", () => {
  it("reads what services read", async () => {
    const clients = responding({ GetSecretValue: value(JSON.stringify(credentials)) });

    expect(await storedCredentials(store, clients)).toEqual(credentials);
  });

  it.each<[string, readonly [number, object], readonly [number, object]]>([
    ["malformed", value("password"), [200, {}]],
    ["malformed", value("{}"), [200, {}]],
    ["malformed", [200, {}], [200, {}]],
    ["missing", error("ResourceNotFoundException"), error("ResourceNotFoundException")],
    ["empty", error("ResourceNotFoundException"), [200, { Name: "a" }]],
    ["deleted", error("InvalidRequestException"), [200, { DeletedDate: 1_700_000_000 }]],
    ["unreadable", error("InvalidRequestException"), [200, { Name: "a" }]],
    ["unreadable", error("AccessDeniedException"), [200, {}]],
    ["unreadable", error("ResourceNotFoundException"), error("AccessDeniedException")],
    ["unreadable", [500, {}], [500, {}]],
  ])("is %s for %j, %j", async (found, GetSecretValue, DescribeSecret) => {
    expect(await storedCredentials(store, responding({ GetSecretValue, DescribeSecret }))).toBe(found);
  });
});

describe("judgeStored", () => {
  const judge = (stored: Parameters<typeof judgeStored>[1]) =>
    judgeStored("billing", stored, deployment, store, join(userFolder, "stack"));

  it("accepts what is deployed, in any order of scopes", () => {
    expect(judge(credentials)).toEqual({ verdict: "as-expected", found: "as deployed" });
  });

  it.each([
    [{ ...credentials, client_id: "other" }, "another client_id", "npx access rotate billing --env dev --deliver"],
    [{ ...credentials, token_url: "https://elsewhere" }, "another token_url", "npx access rotate"],
    [{ ...credentials, scope: "a/one" }, "another scope", "npx access rotate"],
    [{ ...credentials, client_secret: null }, "another client_secret", "npx access rotate"],
    ["empty", "the secret has no value", "terraform -chdir=stack apply -replace=aws_secretsmanager_secret_version.a"],
    ["malformed", "the value is not credentials", "terraform -chdir=stack apply"],
    ["missing", "the secret does not exist", "npx access deploy dev"],
    ["deleted", "the secret is scheduled for deletion", "aws secretsmanager restore-secret --region eu-west-1"],
  ] as const)("refuses %j, with the command that corrects it", (stored, found, command) => {
    const result = judge(stored);

    expect(result).toMatchObject({ verdict: "wrong-credentials", found });
    expect(result.advice?.commands[0]).toContain(command);
    expect(JSON.stringify(result)).not.toMatch(/hidden|elsewhere/);
  });
});
