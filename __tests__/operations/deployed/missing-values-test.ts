/** Secrets and parameters that variables refer to, in an account of the embedded AWS. */
import { Readable } from "node:stream";
import { createEndpoint } from "../../../emulator/hosts";
import { findMissingValues } from "../../../operations/deployed/missing-values";
import { awsBy, bytesOf, type SdkRequest, type Send, sendTo } from "../../support/aws-endpoint";
import { openAccount } from "../../support/workspace";

const REGION = "eu-west-1";

const stackOf = (...references: readonly object[]) => {
  const functions = references.map((one, index) => [
    `f${index + 1}`,
    { environment: { variables: { VARIABLE_REFERENCES: JSON.stringify(one) } } },
  ]);
  return {
    resource: {
      aws_lambda_function: { plain: { environment: { variables: { A: "b" } } }, ...Object.fromEntries(functions) },
      aws_secretsmanager_secret: { own: { name: "orders-dev/shop" } },
    },
  };
};

const open = () => {
  const account = openAccount();
  return sendTo(createEndpoint({ account, runner: { invoke: () => Promise.reject(new Error("no function")) } }));
};

describe("findMissingValues", () => {
  it("finds what does not exist, once, with the command that creates it", async () => {
    const both = { A: { secret: "orders/db", key: "password" }, B: { parameter: "/orders/token" } };

    expect(await findMissingValues(stackOf(both, { C: { secret: "orders/db" } }), awsBy(open(), REGION))).toEqual({
      findings: [
        expect.objectContaining({
          address: "aws_lambda_function.f1",
          effect: "the secret orders/db does not exist: aws_lambda_function.f1 answers 500",
          undo: "aws secretsmanager create-secret --region eu-west-1 --name orders/db --secret-string '<value>'",
        }),
        expect.objectContaining({
          address: "aws_lambda_function.f1",
          effect: "the parameter /orders/token does not exist: aws_lambda_function.f1 answers 500",
          undo: "aws ssm put-parameter --region eu-west-1 --name /orders/token --type SecureString --value '<value>'",
        }),
      ],
      notChecked: [],
    });
  });

  it("finds nothing that exists, however many there are, and reads no value", async () => {
    const send = open();
    const sdk = awsBy(send, REGION);
    await (await sdk.secretsManager()).createSecret({ Name: "orders/db", SecretString: "hunter2" });
    const names = Array.from({ length: 51 }, (_, index) => `/orders/${index}`);
    for (const Name of names) await (await sdk.ssm()).putParameter({ Name, Type: "SecureString", Value: "hunter2" });
    const bodies: string[] = [];
    const heard: Send = async (request) => {
      const answer = (await send(request)) as { readonly response: { readonly body: Readable } };
      const body = Buffer.concat(await answer.response.body.toArray());
      bodies.push(`${bytesOf(request)}${body}`);
      return { response: { ...answer.response, body: Readable.from([body]) } };
    };
    const references = Object.fromEntries(names.map((parameter, index) => [`P${index}`, { parameter }]));
    const json = stackOf({ S: { secret: "orders/db" }, ...references });

    expect(await findMissingValues(json, awsBy(heard, REGION))).toEqual({ findings: [], notChecked: [] });
    expect(bodies.length).toBeGreaterThan(2);
    expect(bodies.join("\n")).not.toMatch(/hunter2|"Value"|SecretString/);
  });

  it.each([
    ["is scheduled for deletion", "restore-secret --region eu-west-1 --secret-id orders/db", true],
    ["has no value", "put-secret-value --region eu-west-1 --secret-id orders/db", false],
  ])("finds a secret that %s", async (state, command, isDeleted) => {
    const sdk = awsBy(open(), REGION);
    const manager = await sdk.secretsManager();
    await manager.createSecret({ Name: "orders/db", ...(isDeleted && { SecretString: "hunter2" }) });
    if (isDeleted) await manager.deleteSecret({ SecretId: "orders/db", RecoveryWindowInDays: 7 });
    const { findings } = await findMissingValues(stackOf({ A: { secret: "orders/db" } }), sdk);

    expect(findings).toMatchObject([
      { found: `the secret orders/db ${state}`, undo: expect.stringContaining(command), severity: "warning" },
    ]);
  });

  it("leaves out the secret of the stack's own client, and asks nothing without references", async () => {
    const refused = awsBy(() => Promise.reject(new Error("asked")), REGION);

    expect(await findMissingValues(stackOf({ A: { secret: "orders-dev/shop" } }), refused)).toEqual({
      findings: [],
      notChecked: [],
    });
  });

  it("notes what AWS refuses to list", async () => {
    const denied = { statusCode: 400, headers: { "x-amzn-errortype": "AccessDeniedException" } };
    const isOf = (service: string, { hostname }: SdkRequest) => hostname.startsWith(service);
    const send = open();
    const sdk = awsBy(
      async (request) =>
        isOf("ssm", request) ? { response: { ...denied, body: Readable.from(["{}"]) } } : send(request),
      REGION,
    );
    const { findings, notChecked } = await findMissingValues(
      stackOf({ A: { secret: "orders/db" }, B: { parameter: "/orders/token" } }),
      sdk,
    );

    expect(findings).toHaveLength(1);
    expect(notChecked).toEqual([
      {
        address: "aws_lambda_function.f1",
        attribute: "parameters",
        operation: "ssm:DescribeParameters",
        code: "AccessDeniedException",
      },
    ]);
  });
});
