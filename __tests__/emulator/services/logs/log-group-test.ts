/** What CloudWatch Logs refuses, in its own words. */
import { AwsError } from "../../../../emulator/errors";
import { callOperation } from "../../../../emulator/protocols/service";
import { logs, writeOwnLine } from "../../../../emulator/services/logs";
import { Examples } from "../../../support/examples";
import { REGION } from "../../../support/workspace";

const GROUP = "aws_cloudwatch_log_group";

describe(GROUP, () => {
  it("is there once in a region", async () => {
    const examples = new Examples();
    await examples.make(GROUP);

    await expect(examples.another(GROUP)).rejects.toEqual(
      new AwsError("ResourceAlreadyExistsException", "The specified log group already exists"),
    );
  });

  it("has a name of its own when none is given", async () => {
    const examples = new Examples();
    const [a, b] = [await examples.another(GROUP, { name: null }), await examples.another(GROUP, { name: null })];

    expect(a["name"]).toMatch(/^terraform-/);
    expect(a["name"]).not.toBe(b["name"]);
  });

  it("has a name that begins with the prefix when one is given", async () => {
    const made = await new Examples().another(GROUP, { name: null, name_prefix: "orders/" });

    expect(made["name"]).toMatch(/^orders\/[0-9]{18}[0-9a-f]{8}$/);
    expect(made).toMatchObject({ id: made["name"], name_prefix: "orders/" });
  });

  it("stays when it is deleted with skip_destroy", async () => {
    const examples = new Examples();
    const made = await examples.another(GROUP, { skip_destroy: true });
    await examples.workspace.destroy(GROUP, made);

    expect(await examples.workspace.import(GROUP, "/aws/lambda/orders")).toMatchObject({ arn: made["arn"] });
  });

  it("is not found under the beginning of its name", async () => {
    const examples = new Examples();
    await examples.make(GROUP);

    expect(await examples.workspace.import(GROUP, "/aws/lambda/order")).toBeNull();
  });
});

describe("a line of a service that makes its group", () => {
  const to = { region: REGION, logGroup: "/aws/lambda/orders", logStream: "one" };

  it("is read from the group, which can be changed and deleted like any other", async () => {
    const { place } = new Examples().workspace;
    const call = (operation: string, input: object) =>
      place.account.change(async () => {
        const context = { ...place, requestId: "1" };
        return { result: await callOperation(logs, context, operation, { ...input }), operation: null };
      });
    writeOwnLine(place.account, place.runtime.logs, to, "first");
    writeOwnLine(place.account, place.runtime.logs, to, "second");

    expect(await call("FilterLogEvents", { logGroupName: to.logGroup })).toMatchObject({
      events: [{ message: "first", logStreamName: "one" }, { message: "second" }],
    });
    await call("PutRetentionPolicy", { logGroupName: to.logGroup, retentionInDays: 7 });
    expect(await call("DescribeLogGroups", {})).toMatchObject({
      logGroups: [{ logGroupName: to.logGroup, retentionInDays: 7, storedBytes: 0 }],
    });
    await call("DeleteLogGroup", { logGroupName: to.logGroup });
    expect(await call("DescribeLogGroups", {})).toEqual({ logGroups: [] });
  });
});

describe("CreateLogGroup", () => {
  it("refuses a name that is too long in words of its own", async () => {
    await expect(new Examples().another(GROUP, { name: "a".repeat(513) })).rejects.toEqual(
      new AwsError(
        "InvalidParameterException",
        "Invalid LogGroup or LogStream, both must have length less than or equal to 512.",
      ),
    );
  });
});
