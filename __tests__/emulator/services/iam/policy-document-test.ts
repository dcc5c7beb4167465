/** Policy documents of the data source, byte for byte as the real provider writes them. */

import { policyDocument, readPolicyDocument } from "../../../../emulator/services/iam/policy-document";
import type { Attributes } from "../../../../emulator/terraform/attributes";
import { conformBlock } from "../../../../emulator/terraform/dynamic-value";

function read(config: Attributes): Attributes {
  return readPolicyDocument(conformBlock(policyDocument.schema, config));
}

/** The document of one statement, parsed. */
function statement(block: Attributes, config: Attributes = {}): unknown {
  const { minified_json } = read({ statement: [block], ...config });
  return JSON.parse(String(minified_json)).Statement[0];
}

describe("aws_iam_policy_document", () => {
  it("writes its statements with keys in order, indented and in one line", () => {
    const { json, minified_json, version } = read({
      policy_id: "all",
      statement: [
        {
          sid: "Logs",
          actions: ["logs:PutLogEvents", "logs:CreateLogStream"],
          resources: ["*"],
          principals: [{ type: "Service", identifiers: ["lambda.amazonaws.com"] }],
          condition: [{ test: "StringEquals", variable: "aws:SourceAccount", values: ["111122223333"] }],
        },
      ],
    });

    expect(json).toBe(`{
  "Version": "2012-10-17",
  "Id": "all",
  "Statement": [
    {
      "Sid": "Logs",
      "Effect": "Allow",
      "Action": [
        "logs:PutLogEvents",
        "logs:CreateLogStream"
      ],
      "Resource": "*",
      "Principal": {
        "Service": "lambda.amazonaws.com"
      },
      "Condition": {
        "StringEquals": {
          "aws:SourceAccount": "111122223333"
        }
      }
    }
  ]
}`);
    expect(minified_json).toBe(JSON.stringify(JSON.parse(String(json))));
    expect(version).toBe("2012-10-17");
  });

  it("is nothing but its version without a statement, under the hash of its text", () => {
    expect(read({})).toMatchObject({ json: '{\n  "Version": "2012-10-17"\n}', id: "1132004489" });
  });

  it("fills in that a statement allows", () => {
    expect(read({ statement: [{ actions: ["s3:*"] }] })).toMatchObject({ statement: [{ effect: "Allow" }] });
    expect(statement({ effect: "Deny", not_actions: ["s3:*"], not_resources: ["a"] })).toEqual({
      Effect: "Deny",
      NotAction: "s3:*",
      NotResource: "a",
    });
  });

  it.each<[string, readonly Attributes[], unknown]>([
    ["everybody", [{ type: "*", identifiers: ["*"] }], "*"],
    ["everybody with an account", [{ type: "AWS", identifiers: ["*"] }], { AWS: "*" }],
    ["several, sorted backwards", [{ type: "AWS", identifiers: ["1", "2"] }], { AWS: ["2", "1"] }],
    [
      "several types, sorted",
      [
        { type: "Service", identifiers: ["s"] },
        { type: "AWS", identifiers: ["1"] },
      ],
      { AWS: "1", Service: "s" },
    ],
    [
      "a type that is there twice",
      [
        { type: "AWS", identifiers: ["1"] },
        { type: "AWS", identifiers: ["2"] },
      ],
      { AWS: ["1", "2"] },
    ],
  ])("names principals: %s", (_, principals, expected) => {
    expect(statement({ principals })).toEqual({ Effect: "Allow", Principal: expected });
    expect(statement({ not_principals: principals })).toEqual({ Effect: "Allow", NotPrincipal: expected });
  });

  it("puts conditions of the same test together, values in their order", () => {
    const condition = [
      { test: "StringLike", variable: "b", values: ["2", "1"] },
      { test: "StringLike", variable: "a", values: ["x"] },
      { test: "StringLike", variable: "b", values: ["3"] },
    ];
    expect(statement({ condition })).toEqual({
      Effect: "Allow",
      Condition: { StringLike: { a: "x", b: ["2", "1", "3"] } },
    });
  });

  it("writes policy variables, but not in actions nor in the old version", () => {
    const block = { actions: ["a:&{b}"], resources: ["&{aws:username}"] };

    expect(statement(block)).toEqual({ Effect: "Allow", Action: "a:&{b}", Resource: ["$", "{aws:username}"].join("") });
    expect(() => statement(block, { version: "2008-10-17" })).toThrow("found &{ sequence in (&{aws:username})");
  });

  it("writes what means something in HTML as Go does", () => {
    expect(read({ statement: [{ resources: ["<&>"] }] })["minified_json"]).toBe(
      String.raw`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"\u003c\u0026\u003e"}]}`,
    );
  });

  it("merges sources, its own and overrides, by Sid", () => {
    const policy = (Sid: string, Resource: string, rest = {}) =>
      JSON.stringify({ Statement: [{ Resource, Sid, Effect: "Deny", Other: 1 }], ...rest });
    const { minified_json } = read({
      version: "2008-10-17",
      source_policy_documents: [policy("A", "source", { Id: "source" }), policy("B", "source")],
      statement: [{ sid: "B", resources: ["own"] }, { resources: ["own"] }],
      override_policy_documents: [policy("A", "override", { Version: "2012-10-17" })],
    });

    expect(minified_json).toBe(
      '{"Version":"2012-10-17","Id":"source","Statement":[{"Sid":"A","Effect":"Deny","Resource":"override"},{"Sid":"B","Effect":"Allow","Resource":"own"},{"Effect":"Allow","Resource":"own"}]}',
    );
  });

  it("writes principals and conditions of others in its own way", () => {
    const foreign = {
      Effect: "Allow",
      Principal: { Service: ["a"], AWS: ["1", "2"] },
      NotPrincipal: "*",
      Condition: { Bool: { "aws:SecureTransport": false }, StringEquals: { x: ["only"] } },
    };
    const { minified_json } = read({ source_policy_documents: [JSON.stringify({ Statement: [foreign] })] });

    expect(JSON.parse(String(minified_json)).Statement).toEqual([
      {
        Effect: "Allow",
        Principal: { AWS: ["2", "1"], Service: ["a"] },
        NotPrincipal: "*",
        Condition: { Bool: { "aws:SecureTransport": "false" }, StringEquals: { x: "only" } },
      },
    ]);
  });

  it.each<[Attributes, string]>([
    [{ version: "2020-01-01" }, 'expected version to be one of "2008-10-17", "2012-10-17", got 2020-01-01'],
    [{ statement: [{ effect: "allow" }] }, 'expected statement.0.effect to be one of "Allow", "Deny", got allow'],
    [{ statement: [{ sid: "a b" }] }, "statement.0.sid (must only include alphanumeric characters)"],
    [{ statement: [{ sid: "A" }, { sid: "A" }] }, "duplicate Sid (A). Remove the Sid"],
    [{ override_json: "{}" }, "expected override_json to be an empty string"],
    [{ source_policy_documents: ["{"] }, "source_policy_documents.0 is not JSON"],
    [{ source_policy_documents: ['{"Statement":{}}'] }, "source_policy_documents.0 is not a policy"],
    [{ override_policy_documents: ["[]"] }, "override_policy_documents.0 is not a policy"],
    [
      { source_policy_documents: ['{"Statement":[{"Sid":"A"}]}', '{"Statement":[{"Sid":"A"}]}'] },
      "duplicate Sid (A) in source_policy_documents",
    ],
  ])("is refused: %j", (config, why) => {
    expect(() => read(config)).toThrow(why);
  });
});
