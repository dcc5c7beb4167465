/** What clients of AWS show of a service that is not emulated. */
import { isAwsHost, refuseUnknownService } from "../../../emulator/protocols/unknown-service";

const EMULATED = ["iam.amazonaws.com", "logs.<region>.amazonaws.com"];

function refused(host: string, headers: Readonly<Record<string, string>> = {}) {
  const request = {
    method: "POST",
    host,
    path: "/",
    query: "",
    headers: Object.entries(headers),
    body: Buffer.alloc(0),
  };
  return refuseUnknownService(request as never, "request-id", EMULATED);
}

const MESSAGE = "The embedded AWS does not emulate HOST. Emulated: iam.amazonaws.com, logs.<region>.amazonaws.com.";
const messageFor = (host: string) => MESSAGE.replace("HOST", host);

describe("refuseUnknownService", () => {
  it("speaks JSON to clients of the JSON protocols", () => {
    const { status, headers, body } = refused("dynamodb.eu-west-1.amazonaws.com", {
      "X-Amz-Target": "DynamoDB_20120810.ListTables",
      "Content-Type": "application/x-amz-json-1.0",
    });

    expect(status).toBe(501);
    expect(headers).toContainEqual(["x-amzn-ErrorType", "NotEmulated"]);
    expect(JSON.parse(String(body))).toEqual({
      __type: "NotEmulated",
      message: messageFor("dynamodb.eu-west-1.amazonaws.com"),
    });
  });

  it("speaks XML to clients of the query protocol, and EC2's own to those of EC2", () => {
    const form = { "Content-Type": "application/x-www-form-urlencoded; charset=utf-8" };

    expect(String(refused("sns.eu-west-1.amazonaws.com", form).body)).toContain("<Code>NotEmulated</Code>");
    expect(String(refused("ec2.eu-west-1.amazonaws.com", form).body)).toContain(
      "<Response><Errors><Error><Code>NotEmulated</Code>",
    );
  });

  it("speaks XML or JSON to clients of the REST protocols, and CBOR to those of RPC", () => {
    expect(String(refused("route53.amazonaws.com").body)).toContain("<Error><Code>NotEmulated</Code>");
    expect(JSON.parse(String(refused("eks.eu-west-1.amazonaws.com").body))).toHaveProperty("message");
    expect(refused("x.eu-west-1.amazonaws.com", { "smithy-protocol": "rpc-v2-cbor" }).headers).toContainEqual([
      "Content-Type",
      "application/cbor",
    ]);
  });
});

describe("isAwsHost", () => {
  it("is for AWS's own hosts", () => {
    expect(
      ["ec2.eu-west-1.amazonaws.com", "bedrock.eu-west-1.api.aws", "api.ecr.us-gov-west-1.amazonaws.com"].every(
        isAwsHost,
      ),
    ).toBe(true);
    expect(
      ["example.com", "a.b.execute-api.eu-west-1.amazonaws.com", "amazonaws.com.example", "evilamazonaws.com", ""].some(
        isAwsHost,
      ),
    ).toBe(false);
  });
});
