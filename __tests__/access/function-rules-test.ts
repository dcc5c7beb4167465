/** Settings of functions: how environments override them, and what is refused. */
import { functionSettingsOf } from "../../access/access-model";
import { RESERVED_VARIABLES } from "../../access/function-rules";
import { expectMistakes, fileWith, mistakesIn, parse } from "../support/access-text";

/** A file with settings of functions: of the file in line 10, of its only environment in line 2. */
function fileWithFunctions(functions: string, ofEnvironment = ""): string {
  return fileWith({
    environments: `  dev: { region: eu-west-1, domainPrefix: d${ofEnvironment} }`,
    ...(functions === "" ? {} : { functions: `  ${functions}` }),
  });
}

function settingsIn(text: string) {
  const [environment] = parse(text).environments;
  if (environment === undefined) throw new Error("The model has no environment.");
  return functionSettingsOf(environment, "access");
}

describe("settings of a function", () => {
  it("are those of its environment when it has none", () => {
    expect(settingsIn(fileWithFunctions("", ", memoryMegabytes: 512"))).toEqual({
      runtime: "nodejs24.x",
      memoryMegabytes: 512,
      timeoutSeconds: 10,
      architecture: "arm64",
      logLevel: "info",
      variables: {},
      statements: [],
    });
  });

  it("are those of the file before those of environments and defaults", () => {
    const text = fileWithFunctions(
      "access: { memoryMegabytes: 1024, runtime: nodejs22.x }",
      ", memoryMegabytes: 512, timeoutSeconds: 3",
    );

    expect(settingsIn(`${text}defaults: { logLevel: warn, timeoutSeconds: 2 }\n`)).toMatchObject({
      runtime: "nodejs22.x",
      memoryMegabytes: 1024,
      timeoutSeconds: 3,
      logLevel: "warn",
    });
  });

  it("are those of the function in its environment before all others, variables by their names", () => {
    const text = fileWithFunctions(
      "access: { memoryMegabytes: 1024, reservedConcurrency: 5, variables: { MODE: test, URL: https://a.example } }",
      ", functions: { access: { memoryMegabytes: 2048, variables: { MODE: live, TOKEN: { parameter: /t } } } }",
    );

    expect(settingsIn(text)).toMatchObject({
      memoryMegabytes: 2048,
      reservedConcurrency: 5,
      variables: { MODE: "live", URL: "https://a.example", TOKEN: { parameter: "/t" } },
    });
  });

  it("are those of another environment nowhere else", () => {
    const environments =
      "  dev: { region: eu-west-1, domainPrefix: d }\n  prod: { region: eu-west-1, domainPrefix: p, functions: { access: { memoryMegabytes: 2048 } } }";
    const [dev, prod] = parse(fileWith({ environments })).environments;

    expect([dev, prod].map((one) => one && functionSettingsOf(one, "access").memoryMegabytes)).toEqual([256, 2048]);
  });
});

describe("parseAccessModel refuses, of functions", () => {
  it("one that no route names, with the nearest that a route does", () => {
    const text = fileWithFunctions("acess: { memoryMegabytes: 512 }", ", functions: { acces: { logLevel: warn } }");

    expect(mistakesIn(text)).toEqual([
      '2:59: function "acces" in environment "dev" has settings, but no route names it in lambda. Did you mean "access"?',
      '10:3: function "acess" has settings, but no route names it in lambda. Did you mean "access"?',
    ]);
  });

  it("one of which there is a file, but no route", () => {
    expect(mistakesIn(fileWithFunctions("orders: { memoryMegabytes: 512 }"))).toEqual([
      '10:3: function "orders" has settings, but no route names it in lambda. Functions: access.',
    ]);
  });

  it("a misspelt setting", () => {
    expectMistakes(fileWithFunctions("access: { memory: 512, variable: { A1: b } }"), [
      '10:13 function "access" has no setting "memory". Its settings: …',
      '10:26 function "access" has no setting "variable". Did you mean "variables"?',
    ]);
  });

  it.each(RESERVED_VARIABLES)("the variable %s, which Lambda sets", (name) => {
    expect(mistakesIn(fileWithFunctions(`access: { variables: { ${name}: a } }`))).toEqual([
      `10:26: variable "${name}" of function "access" has a name that Lambda sets itself. Use another name.`,
    ]);
  });

  it.each([
    "ALLOWED_BY_ROUTE",
    "ALLOWED_CLIENT_IDS",
    "ALLOWED_CLIENT_NAMES",
    "ALLOWED_SCOPES",
    "CORS_ORIGINS",
    "VARIABLE_REFERENCES",
  ])("the variable %s, which decides who may call or what is read, also as a reference", (name) => {
    const own = `, functions: { access: { variables: { ${name}: { secret: s1 } } } }`;

    expect(mistakesIn(fileWithFunctions("", own))).toEqual([
      `2:82: variable "${name}" of function "access" in environment "dev" has a name that the project sets itself. Use another name.`,
    ]);
  });

  it("a variable's number, and what Terraform would evaluate", () => {
    expectMistakes(fileWithFunctions('access: { variables: { PORT: 8080, PATHS: "%{ if true }" } }'), [
      '10:32 variable "PORT" of function "access" must be plain text or … but is 8080. Put it in quotes.',
      '10:45 variable "PATHS" of function "access" must be … Terraform evaluates …',
    ]);
  });

  it.each([
    ["{ }", "secret or parameter"],
    ["{ secret: a, parameter: b }", "has both secret and parameter, but a value has one source"],
    ["{ parameter: b, key: c }", "has key and parameter, but only secrets have keys. Remove the key."],
    ['{ secret: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a" }', "must be the name of a secret"],
    ["{ secret: a, kmsKeyArn: alias/a }", "must be the ARN of a KMS key"],
  ])("the reference %s", (reference, words) => {
    expect(mistakesIn(fileWithFunctions(`access: { variables: { TOKEN: ${reference} } }`)).join()).toContain(words);
  });

  it.each([
    ["layers", '["arn:aws:lambda:eu-west-2:123456789012:layer:tools:3"]', "10:22: layer of function"],
    [
      "variables",
      '{ TOKEN: { secret: "arn:aws:secretsmanager:eu-west-2:123456789012:secret:a-AbCdEf" } }',
      '10:43: secret of variable "TOKEN" of function',
    ],
    [
      "variables",
      '{ TOKEN: { secret: a, kmsKeyArn: "arn:aws:kms:eu-west-2:123456789012:key/1" } }',
      '10:57: kmsKeyArn of variable "TOKEN" of function',
    ],
  ])("%s of another region", (setting, value, begin) => {
    expect(mistakesIn(fileWithFunctions(`access: { ${setting}: ${value} }`))).toEqual([
      `${begin} "access" is in eu-west-2, but environment "dev" is in eu-west-1. Name one in eu-west-1.`,
    ]);
  });

  it.each([
    ["dynamodb:*", "arn:aws:dynamodb:eu-west-1:123456789012:table/orders", ['10:38: action "dynamodb:*"']],
    ["dynamodb:Get????", "arn:aws:dynamodb:eu-west-1:123456789012:table/orders", ['10:38: action "dynamodb:Get????"']],
    ["s3:GetObject", "arn:aws:s3:::orders/*", ['10:67: resource "arn:aws:s3:::orders/*"']],
    ["*", "*", ['10:38: action "*"', '10:56: resource "*"']],
  ])("%s on %s without a reason, but not with one", (action, resource, begins) => {
    const statement = (reason: string) =>
      fileWithFunctions(`access: { statements: [{ actions: ["${action}"], resources: ["${resource}"]${reason} }] }`);

    expect(mistakesIn(statement(""))).toEqual(
      begins.map((begin) => {
        const kind = begin.includes("action ") ? "action" : "resource";
        return `${begin} of a statement of function "access" has a wildcard. Name each ${kind}, or add a reason to the statement.`;
      }),
    );
    expect(settingsIn(statement(", reason: All are the function's own.")).statements).toHaveLength(1);
  });

  it("a reason for nothing", () => {
    const statement =
      '{ actions: [sqs:SendMessage], resources: ["arn:aws:sqs:eu-west-1:123456789012:jobs"], reason: Because }';

    expect(mistakesIn(fileWithFunctions(`access: { statements: [${statement}] }`))).toEqual([
      '10:112: statement of function "access" has a reason, but no wildcard. Remove the reason.',
    ]);
  });

  it("variables that Lambda's 4 KB have no room for, where they are", () => {
    const text = "x".repeat(3900);

    expect(mistakesIn(fileWithFunctions(`access: { variables: { LONG: ${text} } }`))).toEqual([
      expect.stringMatching(
        /^10:24: variables of function "access" are \d+ bytes more in environment "dev" than Lambda's 4 KB have room for, beside its routes and callers\. Shorten them\.$/,
      ),
    ]);
    expect(mistakesIn(fileWithFunctions("", `, functions: { access: { variables: { LONG: ${text} } } }`))).toEqual([
      expect.stringMatching(/^2:80: variables of function "access" are/),
    ]);
    expect(settingsIn(fileWithFunctions(`access: { variables: { LONG: ${text.slice(200)} } }`)).variables).toEqual({
      LONG: text.slice(200),
    });
  });

  it("statements that the policies of a role have no room for", () => {
    const resources = Array.from({ length: 170 }, (_, index) => `"arn:aws:sqs:eu-west-1:123456789012:jobs${index}"`);

    expect(
      mistakesIn(
        fileWithFunctions(`access: { statements: [{ actions: [sqs:SendMessage], resources: [${resources}] }] }`),
      ),
    ).toEqual([
      expect.stringMatching(
        /^10:25: statements of function "access" have [78],\d{3} characters in environment "dev", but/,
      ),
    ]);
  });
});
