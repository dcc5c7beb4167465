import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { typescriptLoader } from "./support/processes";
import { type Settings, shippedAccessYaml, synthesize } from "./support/synthesize";

const project = join(__dirname, "..");

/** The shipped example with one thing replaced. */
function changed(from: string, to: string): string {
  expect(shippedAccessYaml).toContain(from);
  return shippedAccessYaml.replace(from, to);
}

describe("the stack of the shipped access.yaml", () => {
  const stack = synthesize();

  it("is what the snapshot says, as a whole", () => {
    expect(JSON.stringify(stack.json, null, 2)).toMatchSnapshot();
  });

  it("has a pool that nobody can sign up to, with a domain", () => {
    expect(stack.resource("aws_cognito_user_pool")).toMatchObject({
      admin_create_user_config: { allow_admin_create_user_only: true },
    });
    expect(stack.resource("aws_cognito_user_pool_domain")).toMatchObject({ domain: "cc-demo-dev" });
  });

  it("has the resource server with its scope", () => {
    expect(stack.resource("aws_cognito_resource_server")).toMatchObject({
      identifier: "test_resource",
      name: "Test Resource",
      scope: [{ scope_name: "test", scope_description: "Test" }],
    });
  });

  it("has a client with a secret, for client_credentials only, with the scope", () => {
    expect(stack.resource("aws_cognito_user_pool_client")).toMatchObject({
      name: "test-server",
      generate_secret: true,
      allowed_oauth_flows: ["client_credentials"],
      allowed_oauth_flows_user_pool_client: true,
      allowed_oauth_scopes: ["test_resource/test"],
    });
  });

  it("says how long tokens live, and in which unit", () => {
    expect(stack.resource("aws_cognito_user_pool_client")).toMatchObject({
      access_token_validity: 60,
      token_validity_units: [{ access_token: "minutes", id_token: "minutes", refresh_token: "days" }],
    });
  });

  it("has the resource /access with a POST that demands the scope", () => {
    expect(stack.resource("aws_api_gateway_resource")).toMatchObject({ path_part: "access" });
    expect(Object.values(stack.resources("aws_api_gateway_method"))).toContainEqual(
      expect.objectContaining({
        http_method: "POST",
        authorization: "COGNITO_USER_POOLS",
        authorization_scopes: ["test_resource/test"],
        authorizer_id: expect.stringMatching(/^\$\{aws_api_gateway_authorizer\..*\.id\}$/),
      }),
    );
  });

  it("has the authorizer on the Authorization header, without a validation expression", () => {
    const authorizer = stack.resource("aws_api_gateway_authorizer");

    expect(authorizer).toMatchObject({
      name: "test-cognito-authorizer",
      type: "COGNITO_USER_POOLS",
      identity_source: "method.request.header.Authorization",
    });
    expect(authorizer).not.toHaveProperty("identity_validation_expression");
  });

  it("passes POST on to the function as it is", () => {
    expect(Object.values(stack.resources("aws_api_gateway_integration"))).toContainEqual(
      expect.objectContaining({ type: "AWS_PROXY", integration_http_method: "POST" }),
    );
  });

  it("lets this method of this stage invoke the function, and nothing else", () => {
    expect(stack.resource("aws_lambda_permission")).toMatchObject({
      principal: "apigateway.amazonaws.com",
      source_arn: expect.stringMatching(/\.execution_arn\}\/dev\/POST\/access$/),
    });
  });

  it("answers OPTIONS as the console's CORS does, for everybody", () => {
    expect(Object.values(stack.resources("aws_api_gateway_method"))).toContainEqual(
      expect.objectContaining({ http_method: "OPTIONS", authorization: "NONE" }),
    );
    expect(stack.resource("aws_api_gateway_integration_response")["response_parameters"]).toEqual({
      "method.response.header.Access-Control-Allow-Headers":
        "'Content-Type,X-Amz-Date,Authorization,X-Api-Key,X-Amz-Security-Token'",
      "method.response.header.Access-Control-Allow-Methods": "'OPTIONS,POST'",
      "method.response.header.Access-Control-Allow-Origin": "'*'",
      "method.response.header.Access-Control-Max-Age": "'600'",
    });
  });

  it.each(["DEFAULT_4XX", "DEFAULT_5XX", "UNAUTHORIZED"])("lets a browser read %s, with its own status", (type) => {
    const responses = Object.values(stack.resources("aws_api_gateway_gateway_response"));
    const response = responses.find(({ response_type }) => response_type === type);

    expect(response?.["response_parameters"]).toHaveProperty(
      ["gatewayresponse.header.Access-Control-Allow-Origin"],
      "'*'",
    );
    expect(response?.["status_code"]).toBe(type === "UNAUTHORIZED" ? "401" : undefined);
  });

  it("has a stage apart from its deployment, which is made anew before the old one goes", () => {
    expect(stack.resource("aws_api_gateway_stage")).toMatchObject({ stage_name: "dev" });
    expect(stack.resource("aws_api_gateway_deployment")["lifecycle"]).toMatchObject({ create_before_destroy: true });
  });

  it("tells the function which clients may call, and which pages may read its answers", () => {
    expect(stack.resource("aws_lambda_function")["environment"]).toEqual({
      variables: {
        ALLOWED_BY_ROUTE: "dev;1=POST /access",
        ALLOWED_CLIENT_IDS: expect.stringMatching(/^\$\{aws_cognito_user_pool_client\.\S+\.id\}$/),
        ALLOWED_CLIENT_NAMES: "test-server",
        CORS_ORIGINS: '{"POST /access":["*"]}',
        NODE_OPTIONS: "--enable-source-maps",
      },
    });
  });

  it("declares the log groups of function and stage, with retention", () => {
    const groups = Object.values(stack.resources("aws_cloudwatch_log_group"));

    expect(groups.map(({ name, retention_in_days }) => [name, retention_in_days])).toEqual(
      expect.arrayContaining([
        ["/aws/lambda/cc-demo-dev-access", 30],
        ["/aws/apigateway/cc-demo-dev/dev", 30],
      ]),
    );
    expect(groups).toHaveLength(2);
    expect(stack.resource("aws_lambda_function")["function_name"]).toBe("cc-demo-dev-access");
  });

  it("lets the function write to its own log group and do nothing else", () => {
    const { policy } = stack.resource("aws_iam_role_policy");

    expect(JSON.parse(String(policy))["Statement"]).toEqual([
      {
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: expect.stringMatching(/^\$\{aws_cloudwatch_log_group\.\S+\.arn\}:\*$/),
      },
    ]);
  });

  it("never owns the account's own settings of API Gateway", () => {
    expect(stack.resources("aws_api_gateway_account")).toEqual({});
  });

  it("has the outputs that callers need, and only the secrets are sensitive", () => {
    const sensitive = Object.entries(stack.outputs).map(([name, output]) => [name, output["sensitive"]]);

    expect(Object.fromEntries(sensitive)).toEqual({
      client_ids: false,
      client_secrets: true,
      issuer: false,
      route_urls: false,
      token_url: false,
    });
    expect(stack.outputs["token_url"]?.["value"]).toBe(
      "https://cc-demo-dev.auth.ap-northeast-1.amazoncognito.com/oauth2/token",
    );
  });

  it("keeps secrets out of everything but the sensitive output", () => {
    const elsewhere = { ...stack.json, output: { ...stack.outputs, client_secrets: undefined } };

    expect(JSON.stringify(elsewhere)).not.toContain("client_secret");
  });

  it("never reads scope_identifiers, which is stale until a second apply", () => {
    expect(JSON.stringify(stack.json)).not.toContain("scope_identifiers");
  });

  it("keeps state beside the output folder, under a relative path", () => {
    expect(stack.json["terraform"]).toMatchObject({ backend: { local: { path: "../../../terraform.dev.tfstate" } } });
  });
});

describe("a stack of several teams", () => {
  const stack = synthesize(`
environments:
  dev: { region: eu-west-1, domainPrefix: many-dev }
resourceServers:
  orders: { scopes: { write: Write, read: Read } }
  https://api.example.com/bills: { name: Bills, scopes: { read: Read } }
clients:
  shop: { scopes: [orders/write, orders/read, orders/read], tokenMinutes: 5 }
  audit: { scopes: [https://api.example.com/bills/read] }
routes:
  GET /orders/{id}: { lambda: access, scopes: [orders/read], cors: true }
  PUT /orders/{id}: { lambda: access, scopes: [orders/write, orders/read], cors: true }
  GET /: { lambda: access, scopes: [orders/read] }
`);

  it("makes every client wait for the resource servers of its scopes", () => {
    const servers = Object.entries(stack.resources("aws_cognito_resource_server"));
    const addressOf = (identifier: string) =>
      `aws_cognito_resource_server.${servers.find(([, server]) => server["identifier"] === identifier)?.[0]}`;
    const waits = Object.values(stack.resources("aws_cognito_user_pool_client")).map((client) => [
      client["name"],
      client["depends_on"],
    ]);

    expect(Object.fromEntries(waits)).toEqual({
      shop: [addressOf("orders")],
      audit: [addressOf("https://api.example.com/bills")],
    });
  });

  it("grants each client its own scopes, sorted and without repeats", () => {
    const clients = Object.values(stack.resources("aws_cognito_user_pool_client"));

    expect(clients.map(({ name, allowed_oauth_scopes }) => [name, allowed_oauth_scopes])).toEqual(
      expect.arrayContaining([
        ["shop", ["orders/read", "orders/write"]],
        ["audit", ["https://api.example.com/bills/read"]],
      ]),
    );
  });

  it("makes each part of a path once", () => {
    const parts = Object.values(stack.resources("aws_api_gateway_resource")).map(({ path_part }) => path_part);

    expect(parts.sort()).toEqual(["orders", "{id}"]);
  });

  it("answers OPTIONS once a path, with all of its methods", () => {
    expect(stack.resource("aws_api_gateway_integration_response")["response_parameters"]).toHaveProperty(
      ["method.response.header.Access-Control-Allow-Methods"],
      "'OPTIONS,GET,PUT'",
    );
  });

  it("lets only clients call a function that have a scope of its routes", () => {
    const { variables } = stack.resource("aws_lambda_function")["environment"] as { readonly variables: Settings };
    const shop = Object.keys(stack.resources("aws_cognito_user_pool_client")).find((name) => name.includes("shop"));

    expect(variables["ALLOWED_CLIENT_IDS"]).toBe(`\${aws_cognito_user_pool_client.${shop}.id}`);
    expect(variables["ALLOWED_BY_ROUTE"]).toBe("dev;1=GET /,GET /orders/{},PUT /orders/{}");
  });

  it("names permissions for any value of a path parameter", () => {
    const sources = Object.values(stack.resources("aws_lambda_permission")).map(({ source_arn }) => String(source_arn));

    expect(sources.map((source) => source.replace(/^.*execution_arn\}/, "")).sort()).toEqual([
      "/dev/GET/",
      "/dev/GET/orders/*",
      "/dev/PUT/orders/*",
    ]);
  });
});

describe("a stack that changes", () => {
  const yaml = `
environments: { dev: { region: eu-west-1, domainPrefix: many-dev } }
resourceServers:
  a/b: { name: One, scopes: { read: Read } }
  a--b: { name: Other, scopes: { read: Read } }
clients: { shop: { scopes: [a/b/read, a--b/read] } }
routes:
  GET /a--b/{id}: { lambda: access, scopes: [a/b/read] }
  GET /a-_-b/{id}: { lambda: access, scopes: [a--b/read] }
  GET /a-/b: { lambda: access, scopes: [a/b/read] }
  GET /a/-b: { lambda: access, scopes: [a/b/read] }
`;

  it("keeps the address of a path parameter that is called otherwise, which API Gateway takes once only", () => {
    const [before, after] = [yaml, yaml.replaceAll("{id}", "{other}")].map((text) => synthesize(text));
    const addressesOf = (stack = before) => Object.keys(stack?.resources("aws_api_gateway_resource") ?? {}).sort();
    const parts = Object.values(after?.resources("aws_api_gateway_resource") ?? {}).map(({ path_part }) => path_part);

    expect(addressesOf(after)).toEqual(addressesOf(before));
    expect(parts).toContain("{other}");
    expect(parts).not.toContain("{id}");
  });

  it("tells apart what only hyphens and slashes tell apart", () => {
    const stack = synthesize(yaml);

    expect(Object.keys(stack.resources("aws_cognito_resource_server"))).toHaveLength(2);
    expect(Object.keys(stack.resources("aws_api_gateway_resource"))).toHaveLength(8);
  });
});

describe("the redeploy trigger", () => {
  const trigger = (accessYaml: string) => {
    const { triggers } = synthesize(accessYaml).resource("aws_api_gateway_deployment");
    return (triggers as Readonly<Record<string, string>>)["configuration"];
  };
  const before = trigger(shippedAccessYaml);

  it("stays when nothing changes", () => {
    expect(trigger(shippedAccessYaml)).toBe(before);
  });

  it.each([
    ["a method", changed("POST /access", "PUT /access")],
    ["a path", changed("POST /access", "POST /excess")],
    [
      "a scope",
      changed("{ test: Test }", "{ test: Test, more: More }").replace(
        "scopes: [test_resource/test], cors",
        "scopes: [test_resource/more], cors",
      ),
    ],
    ["CORS", changed("cors: true", "cors: false")],
  ])("changes with %s", (_what, accessYaml) => {
    expect(trigger(accessYaml)).not.toBe(before);
  });

  it.each([
    [
      "a client's token life",
      changed("scopes: [test_resource/test] }\nroutes", "scopes: [test_resource/test], tokenMinutes: 5 }\nroutes"),
    ],
    ["a scope's description", changed("{ test: Test }", "{ test: Tests }")],
  ])("stays with %s, which no deployment freezes", (_what, accessYaml) => {
    expect(trigger(accessYaml)).toBe(before);
  });
});

describe("main.ts", () => {
  const run = (folder: string) =>
    execFileSync(process.execPath, ["--require", typescriptLoader, "main.ts"], {
      cwd: folder,
      encoding: "utf8",
      stdio: "pipe",
    });

  /** A copy of what main.ts needs, in a folder with a space in its name. */
  function copyOfProject(accessYaml?: string): string {
    const folder = mkdtempSync(join(tmpdir(), "a copy "));
    for (const name of [
      "main.ts",
      "access.yaml",
      "cdktf.json",
      "tsconfig.json",
      "package.json",
      "access",
      "constructs",
      "iam",
      "lambda",
    ]) {
      cpSync(join(project, name), join(folder, name), { recursive: true });
    }
    symlinkSync(join(project, "node_modules"), join(folder, "node_modules"));
    if (accessYaml !== undefined) writeFileSync(join(folder, "access.yaml"), accessYaml);
    return folder;
  }

  function filesBelow(folder: string): Readonly<Record<string, string>> {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return Object.fromEntries(
      files
        .map((entry) => join(entry.parentPath, entry.name))
        .map((file) => [file.slice(folder.length), createHash("sha256").update(readFileSync(file)).digest("hex")])
        .sort(),
    );
  }

  it("writes the same bytes from two folders and wherever its output goes, the function's zip included", () => {
    const [one, other] = [copyOfProject(), copyOfProject()];
    run(one);
    run(other);
    execFileSync(process.execPath, ["--require", typescriptLoader, "main.ts"], {
      cwd: other,
      env: {
        ...process.env,
        CDKTF_OUTDIR: "elsewhere",
        TF_REATTACH_PROVIDERS: "{}",
        HTTPS_PROXY: "http://127.0.0.1:1",
      },
    });

    const written = filesBelow(join(one, "cdktf.out"));
    expect(Object.keys(written).filter((name) => name.endsWith("function.zip")).length).toBeGreaterThan(0);
    expect(filesBelow(join(other, "cdktf.out"))).toEqual(written);
    expect(filesBelow(join(other, "elsewhere", "stacks"))).toEqual(filesBelow(join(one, "cdktf.out", "stacks")));
  });

  it("ends with the mistakes of access.yaml and no stack trace", () => {
    const folder = copyOfProject(changed("scopes: [test_resource/test], cors", "scope: [test_resource/test], cors"));

    let failure: { readonly status?: number; readonly stderr?: string } = {};
    try {
      run(folder);
    } catch (error) {
      failure = error as typeof failure;
    }

    expect(failure.status).toBe(1);
    expect(failure.stderr).toBe(
      'access.yaml:10:35: route "POST /access" has no setting "scope". Did you mean "scopes"?\n',
    );
  });
});
