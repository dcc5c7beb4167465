/** What was added by hand, against answers as AWS gives them. */

import type { LeftResource } from "../../../operations/deployed/left-state";
import { AwsReader } from "../../../operations/drift/aws-read";
import { AwsReads } from "../../../operations/drift/aws-reads";
import { driftBeside } from "../../../operations/drift/beside-drift";
import type { AwsRequest } from "../../../platform/aws-call";
import type { Incoming } from "../../../platform/http";

const REGION = "eu-west-1";
const MISSING = { status: 404, body: '{"Type":"User"}', errorType: "ResourceNotFoundException:http://x/" };
const DENIED = { status: 403, body: "<Error><Code>AccessDenied</Code></Error>" };
const BUSY = { status: 400, body: '{"__type":"TooManyRequestsException"}' };

const resource = (type: string, values: object): LeftResource => ({
  address: `${type}.one`,
  type,
  values: { region: REGION, ...values },
});
const role = resource("aws_iam_role", { name: "orders" });
const pool = resource("aws_cognito_user_pool", { id: "eu-west-1_a" });
const client = resource("aws_cognito_user_pool_client", { id: "1", name: "shop", user_pool_id: "eu-west-1_a" });
const fn = resource("aws_lambda_function", {
  function_name: "orders",
  arn: "arn:aws:lambda:eu-west-1:1:function:orders",
});

const json = (body: object): Incoming => ({ status: 200, body: JSON.stringify(body) });
const policy = (...Statement: readonly object[]) => json({ Policy: JSON.stringify({ Statement }) });

/** What AWS answers where a test says nothing else: there is nothing but what is known. */
const NOTHING: Readonly<Record<string, Incoming>> = {
  ListRolePolicies: xml("ListRolePolicies", "<PolicyNames/>"),
  ListAttachedRolePolicies: xml("ListAttachedRolePolicies", "<AttachedPolicies></AttachedPolicies>"),
  ListUserPoolClients: json({ UserPoolClients: [] }),
  DescribeUserPoolClient: json({ UserPoolClient: {} }),
  DescribeUserPool: json({ UserPool: {} }),
  ListResourceServers: json({ ResourceServers: [] }),
  ListUserPoolClientSecrets: json({ ClientSecrets: [{}] }),
  GetPolicy: MISSING,
  GetFunctionUrlConfig: MISSING,
};

function xml(action: string, content: string, end = "<IsTruncated>false</IsTruncated>"): Incoming {
  return {
    status: 200,
    body: `<${action}Response><${action}Result>${content}${end}</${action}Result></${action}Response>`,
  };
}

/** Operation, and what it was asked for. */
function asked({ headers = {}, path = "", body = "" }: AwsRequest): readonly [name: string, input: string] {
  const target = headers["X-Amz-Target"]?.split(".")[1];
  const rest = path.endsWith("/url") ? "GetFunctionUrlConfig" : "GetPolicy";
  return [target ?? new URLSearchParams(body).get("Action") ?? rest, target ? body : body || path];
}

async function look(
  left: readonly LeftResource[],
  answers: Readonly<Record<string, Incoming | ((input: string) => Incoming)>> = {},
  written: ReadonlyMap<string, readonly string[]> = new Map(),
) {
  const waits: number[] = [];
  const reader = new AwsReader(
    async (request) => {
      const [name, input] = asked(request);
      const answer = answers[name] ?? NOTHING[name] ?? DENIED;
      return typeof answer === "function" ? answer(input) : answer;
    },
    async (milliseconds) => waits.push(milliseconds),
  );
  const findings = await driftBeside(left, written, "dev", new AwsReads(reader));
  return { findings, waits, told: findings.map(({ address, attribute, found }) => [address, attribute, found]) };
}

describe("driftBeside", () => {
  it("finds nothing where there is nothing but what Terraform made", async () => {
    const known = { UserPoolClients: [{ ClientId: "1", ClientName: "shop" }] };

    expect((await look([role, pool, client, fn], { ListUserPoolClients: json(known) })).told).toEqual([]);
  });

  it("takes no policy of the role's own resources, or of its own code, for somebody's", async () => {
    const own = [
      resource("aws_iam_role_policy", { role: "orders", name: "may-log" }),
      resource("aws_iam_role_policy", { role: "others", name: "evil" }),
      resource("aws_iam_role_policy_attachment", { role: "orders", policy_arn: "arn:a" }),
    ];
    const inCode = { ...role, values: { ...role.values, inline_policy: [{ name: "evil" }] } };
    const answers = {
      ListRolePolicies: xml(
        "ListRolePolicies",
        "<PolicyNames><member>may-log</member><member>evil</member></PolicyNames>",
      ),
      ListAttachedRolePolicies: xml(
        "ListAttachedRolePolicies",
        "<AttachedPolicies><member><PolicyName>a</PolicyName><PolicyArn>arn:a</PolicyArn></member></AttachedPolicies>",
      ),
    };

    // A refresh brings whatever is there into the state: only what the code says counts.
    expect((await look([inCode, ...own], answers)).told).toEqual([["aws_iam_role.one", "inline_policy", '"evil"']]);
    const written = new Map([[role.address, ["inline_policy"]]]);
    expect((await look([inCode, ...own], answers, written)).told).toEqual([]);
  });

  it("reads every page", async () => {
    const clients = (id: string) => [{ ClientId: id, ClientName: `c${id}` }];
    const policies = (name: string) => `<PolicyNames><member>${name}</member></PolicyNames>`;
    const { told } = await look([role, pool], {
      ListRolePolicies: (input) =>
        input.includes("Marker=a%26b")
          ? xml("ListRolePolicies", policies("second"))
          : xml("ListRolePolicies", policies("first"), "<IsTruncated>true</IsTruncated><Marker>a&amp;b</Marker>"),
      ListUserPoolClients: (input) =>
        input.includes("next")
          ? json({ UserPoolClients: clients("2") })
          : json({ UserPoolClients: clients("1"), NextToken: "next" }),
    });

    expect(told.map(([, , found]) => found)).toEqual([
      '"first"',
      '"second"',
      '{"name":"c1","id":"1"}',
      '{"name":"c2","id":"2"}',
    ]);
  });

  it.each<readonly [what: string, settings: object, effect: string | undefined]>([
    ["no flow for machines", { ExplicitAuthFlows: ["ALLOW_USER_SRP_AUTH"] }, undefined],
    [
      "client credentials",
      { AllowedOAuthFlowsUserPoolClient: true, AllowedOAuthFlows: ["client_credentials"] },
      "evil was added and can get tokens from the token endpoint",
    ],
    ["OAuth that is off", { AllowedOAuthFlows: ["client_credentials"] }, undefined],
    [
      "client tokens",
      { ExplicitAuthFlows: ["ALLOW_CLIENT_TOKEN_AUTH"] },
      "evil was added and can get tokens without the domain: ALLOW_CLIENT_TOKEN_AUTH",
    ],
  ])("is loud about an added client that can get tokens: %s", async (_what, UserPoolClient, effect) => {
    const { findings } = await look([pool], {
      ListUserPoolClients: json({ UserPoolClients: [{ ClientId: "2", ClientName: "evil" }] }),
      DescribeUserPoolClient: json({ UserPoolClient }),
    });

    expect(findings).toMatchObject([{ attribute: "app_client", found: '{"name":"evil","id":"2"}' }]);
    expect([findings[0]?.effect, findings[0]?.isLoud]).toEqual([effect, effect === undefined ? undefined : true]);
  });

  it("finds an issuer that the code does not set, with a command that keeps who may add users", async () => {
    const answers = { DescribeUserPool: json({ UserPool: { IssuerConfiguration: { Type: "UPDATED" } } }) };
    const config = [{ allow_admin_create_user_only: true }];
    const closed = { ...pool, values: { ...pool.values, admin_create_user_config: config } };

    expect((await look([closed], answers)).findings).toEqual([
      {
        address: "aws_cognito_user_pool.one",
        attribute: "issuer_configuration",
        expected: '"ORIGINAL"',
        found: '"UPDATED"',
        verdict: "changed outside",
        undo: "aws cognito-idp update-user-pool --region eu-west-1 --user-pool-id eu-west-1_a --issuer-configuration Type=ORIGINAL --admin-create-user-config AllowAdminCreateUserOnly=true",
        isLoud: true,
        effect:
          "tokens of the pool have the UPDATED issuer, which no COGNITO_USER_POOLS authorizer of API Gateway accepts: every call with one is refused",
      },
    ]);
    const known = { ...pool, values: { ...pool.values, issuer_configuration: [{ type: "UPDATED" }] } };
    expect((await look([known], answers)).told).toEqual([]);
  });

  it("finds a URL of a function, unless it is Terraform's", async () => {
    const url = { FunctionUrl: "https://a.lambda-url.eu-west-1.on.aws/", AuthType: "AWS_IAM" };
    const own = resource("aws_lambda_function_url", { function_name: "orders" });

    expect((await look([fn], { GetFunctionUrlConfig: json(url) })).findings).toEqual([
      {
        address: "aws_lambda_function.one",
        attribute: "function_url",
        expected: "not there",
        found: JSON.stringify(url),
        verdict: "changed outside",
        undo: "aws lambda delete-function-url-config --region eu-west-1 --function-name orders",
      },
    ]);
    expect((await look([fn, own], { GetFunctionUrlConfig: json(url) })).told).toEqual([]);
  });

  it.each([
    ["everybody", { Principal: "*" }, true],
    ["everybody, in another spelling", { Principal: { AWS: "*" } }, true],
    [
      "everybody who has a URL",
      { Principal: "*", Condition: { StringEquals: { "lambda:FunctionUrlAuthType": "NONE" } } },
      true,
    ],
    ["everybody with a condition", { Principal: "*", Condition: { ArnLike: { "AWS:SourceArn": "arn:a" } } }, undefined],
    ["another account", { Principal: { AWS: "arn:aws:iam::210987654321:root" } }, undefined],
  ])("is loud when a function lets in everybody, and only then: %s", async (_who, who, isLoud) => {
    const known = resource("aws_lambda_permission", { function_name: fn.values["arn"], statement_id: "known" });
    const statement = { Sid: "evil", Effect: "Allow", Action: "lambda:InvokeFunction", ...who };
    const { findings } = await look([fn, known], { GetPolicy: policy({ ...statement, Sid: "known" }, statement) });

    expect(findings).toMatchObject([{ address: "aws_lambda_function.one", attribute: "policy" }]);
    expect(findings[0]?.found).toContain('"Sid":"evil"');
    expect(findings[0]?.isLoud).toBe(isLoud);
  });

  it.each<readonly [operation: string, of: LeftResource]>([
    ["iam:ListRolePolicies", role],
    ["iam:ListAttachedRolePolicies", role],
    ["cognito-idp:ListUserPoolClients", pool],
    ["cognito-idp:ListResourceServers", pool],
    ["cognito-idp:DescribeUserPool", pool],
    ["cognito-idp:ListUserPoolClientSecrets", client],
    ["lambda:GetPolicy", fn],
    ["lambda:GetFunctionUrlConfig", fn],
  ])("is an error, and never clean, when AWS denies %s", async (operation, of) => {
    const [, name = ""] = operation.split(":");

    await expect(look([of], { [name]: DENIED })).rejects.toThrow(`The credentials need the permission ${operation}.`);
  });

  it.each<readonly [what: string, answer: Incoming]>([
    ["another 404", { status: 404, body: "{}", errorType: "UnknownOperationException" }],
    ["an answer without the list", xml("ListRolePolicies", "")],
    ["an answer that ends nowhere", xml("ListRolePolicies", "<PolicyNames/>", "")],
    [
      "a next page that cannot be asked for",
      xml("ListRolePolicies", "<PolicyNames/>", "<IsTruncated>true</IsTruncated>"),
    ],
  ])("does not take %s for nothing", async (_what, answer) => {
    await expect(look([role], { ListRolePolicies: answer })).rejects.toThrow();
  });

  it("finds nothing on what is gone: that it is, the plan tells", async () => {
    const gone = { status: 404, body: "<ErrorResponse><Error><Code>NoSuchEntity</Code></Error></ErrorResponse>" };
    const noPool = { status: 400, body: '{"__type":"ResourceNotFoundException"}' };
    const all = Object.fromEntries(
      Object.keys(NOTHING).map((name) => [
        name,
        name.includes("Role") ? gone : name.includes("Pool") || name.startsWith("List") ? noPool : MISSING,
      ]),
    );

    expect((await look([role, pool, client, fn], all)).told).toEqual([]);
  });

  it("waits when AWS is busy, and gives up in the end", async () => {
    let count = 0;
    const { waits } = await look([client], {
      ListUserPoolClientSecrets: () => (count++ < 2 ? BUSY : json({ ClientSecrets: [{}] })),
    });

    expect(waits).toEqual([250, 500]);
    await expect(look([client], { ListUserPoolClientSecrets: BUSY })).rejects.toThrow(
      "AWS refused cognito-idp:ListUserPoolClientSecrets: TooManyRequestsException (400).",
    );
  });

  it("asks a few at a time", async () => {
    const roles = Array.from({ length: 20 }, (_, index) => ({ ...role, address: `aws_iam_role.${index}` }));
    let [now, most] = [0, 0];
    const reader = new AwsReader(async (request) => {
      most = Math.max(most, ++now);
      await new Promise(setImmediate);
      now--;
      return NOTHING[asked(request)[0]] ?? DENIED;
    });
    await driftBeside(roles, new Map(), "dev", new AwsReads(reader));

    expect(most).toBe(4);
  });
});
