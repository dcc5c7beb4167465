import { networkRight, readingRights, statedRights } from "../../../constructs/functions/function-rights";

const place = { region: "eu-west-1", accountId: () => "123456789012" };
const KEY = "arn:aws:kms:eu-west-1:123456789012:key/1";

describe("readingRights", () => {
  it("are none without references", () => {
    const nowhere = {
      region: "eu-west-1",
      accountId: () => {
        throw new Error("nothing needs the account");
      },
    };

    expect(readingRights(nowhere, { MODE: "live" })).toEqual([]);
  });

  it("are for exactly the secrets and parameters that are named, each once", () => {
    const [right, ...others] = readingRights(place, {
      USER: { secret: "orders/db", key: "user" },
      PASSWORD: { secret: "orders/db", key: "password" },
      OTHER: { secret: "arn:aws:secretsmanager:eu-west-1:210987654321:secret:other-AbCdEf" },
      TOKEN: { parameter: "/orders/token" },
      MODE: { parameter: "mode" },
    });

    expect(others).toEqual([]);
    expect(right?.statements).toEqual([
      {
        Effect: "Allow",
        Action: "secretsmanager:GetSecretValue",
        Resource: [
          "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders/db-??????",
          "arn:aws:secretsmanager:eu-west-1:210987654321:secret:other-AbCdEf",
        ],
      },
      {
        Effect: "Allow",
        Action: "ssm:GetParameter",
        Resource: [
          "arn:aws:ssm:eu-west-1:123456789012:parameter/mode",
          "arn:aws:ssm:eu-west-1:123456789012:parameter/orders/token",
        ],
      },
    ]);
  });

  it("are for a key only when one is named, and only through the service", () => {
    const [right] = readingRights(place, { TOKEN: { parameter: "/token", kmsKeyArn: KEY } });

    expect(right?.statements[1]).toEqual({
      Effect: "Allow",
      Action: "kms:Decrypt",
      Resource: [KEY],
      Condition: { StringEquals: { "kms:ViaService": ["ssm.eu-west-1.amazonaws.com"] } },
    });
  });

  it.each([
    ["cn-north-1", "arn:aws-cn:ssm:cn-north-1:123456789012:parameter/token"],
    ["us-gov-west-1", "arn:aws-us-gov:ssm:us-gov-west-1:123456789012:parameter/token"],
  ])("have the partition of %s", (region, arn) => {
    const [right] = readingRights({ ...place, region }, { TOKEN: { parameter: "token" } });

    expect(right?.statements[0]).toMatchObject({ Resource: [arn] });
  });
});

describe("networkRight", () => {
  it("lets Lambda make network interfaces with the role, and the function's code not", () => {
    const [allowed, denied, ...others] = networkRight(place, "shop-dev-orders").statements;

    expect(others).toEqual([]);
    expect(allowed?.["Action"]).toEqual([
      "ec2:CreateNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:DeleteNetworkInterface",
      "ec2:AssignPrivateIpAddresses",
      "ec2:UnassignPrivateIpAddresses",
    ]);
    expect(denied).toEqual({
      Effect: "Deny",
      Action: allowed?.["Action"],
      Resource: "*",
      Condition: {
        ArnEquals: { "lambda:SourceFunctionArn": "arn:aws:lambda:eu-west-1:123456789012:function:shop-dev-orders" },
      },
    });
  });
});

describe("statedRights", () => {
  it("has one policy for all statements, and one for each that has a reason", () => {
    const plain = { actions: ["sqs:SendMessage"], resources: ["arn:aws:sqs:eu-west-1:123456789012:jobs"] };
    const conditions = { StringEquals: { "aws:ResourceTag/team": ["orders"] } };
    const wide = { actions: ["s3:*"], resources: ["arn:aws:s3:::orders"], reason: "They are its own." };

    expect(statedRights([plain, wide, { ...plain, conditions }])).toEqual([
      {
        id: "may",
        name: "stated",
        statements: [
          { Effect: "Allow", Action: plain.actions, Resource: plain.resources },
          { Effect: "Allow", Action: plain.actions, Resource: plain.resources, Condition: conditions },
        ],
      },
      {
        id: "may-with-reason-1",
        name: "stated-with-reason-1",
        statements: [{ Effect: "Allow", Action: ["s3:*"], Resource: wide.resources }],
        reason: "They are its own.",
      },
    ]);
  });
});
