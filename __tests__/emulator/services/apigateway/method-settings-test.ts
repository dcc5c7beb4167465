/** Settings of a stage's methods, and of its access log. */

import { AwsError, UnsupportedError } from "../../../../emulator/errors";
import { callOperation } from "../../../../emulator/protocols/service";
import { apigateway } from "../../../../emulator/services/apigateway";
import { settingsOf } from "../../../../emulator/services/apigateway/method-settings";
import { type MethodSetting, stages } from "../../../../emulator/services/apigateway/records";
import type { Attributes } from "../../../../emulator/terraform/attributes";
import { Examples } from "../../../support/examples";
import { recordOf } from "../../../support/stage-record";
import { kindOf } from "../../../support/workspace";

jest.mock("../../../../emulator/services/cognito/signing-keys", () => ({ generateSigningKeys: async () => [] }));

const SETTINGS = "aws_api_gateway_method_settings";
const STAGE = "aws_api_gateway_stage";
const API = "aws_api_gateway_rest_api";

const badRequest = (message: string) => new AwsError("BadRequestException", message, 400);
const noRole = badRequest("CloudWatch Logs role ARN must be set in account settings to enable logging");

let examples: Examples;
beforeEach(() => {
  examples = new Examples();
});

/** Removes API Gateway's role for its logs. */
async function removeRole(): Promise<void> {
  const patchOperations = [{ op: "replace", path: "/cloudwatchRoleArn", value: "" }];
  await callOperation(apigateway, { ...examples.workspace.place, requestId: "0" }, "UpdateAccount", {
    patchOperations,
  });
}

/** The settings of a method of the example's stage. */
async function settingsFor(path: string, method: string): Promise<MethodSetting | undefined> {
  return settingsOf(recordOf(examples.workspace, await examples.make(STAGE)).stage, path, method);
}

describe(SETTINGS, () => {
  it("have an id of API, stage and path", async () => {
    const { id, rest_api_id } = await examples.make(SETTINGS);
    expect(id).toBe(`${rest_api_id}-dev-*/*`);
  });

  it("neither throttle, cache nor log by default", async () => {
    const { settings } = await examples.another(SETTINGS, { settings: [{ metrics_enabled: true }] });
    expect(settings).toEqual([
      {
        cache_data_encrypted: false,
        cache_ttl_in_seconds: 300,
        caching_enabled: false,
        data_trace_enabled: false,
        logging_level: "",
        metrics_enabled: true,
        require_authorization_for_cache_control: true,
        throttling_burst_limit: -1,
        throttling_rate_limit: -1,
        unauthorized_cache_control_header_strategy: "SUCCEED_WITH_RESPONSE_HEADER",
      },
    ]);
  });

  it("are refused for a stage that does not exist", async () => {
    await expect(examples.another(SETTINGS, { stage_name: "prod" })).rejects.toEqual(
      new AwsError("NotFoundException", "Invalid stage identifier specified", 404),
    );
  });

  it.each(["orders/ANY", "*/GET", "orders/*", "orders/get", "GET", "/", "", "orders"])(
    "are refused for the path %j",
    async (method_path) => {
      await expect(examples.another(SETTINGS, { method_path })).rejects.toMatchObject({
        name: "BadRequestException",
        message: expect.stringContaining(`Invalid method setting path: /${method_path}/`),
      });
    },
  );

  it.each([
    ["cache_ttl_in_seconds", 3601],
    ["cache_ttl_in_seconds", -1],
  ])("are refused with %s %s, and not before they are applied", async (name, value) => {
    const refused = { name: "BadRequestException" };
    await expect(examples.another(SETTINGS, { settings: [{ [name]: value }] })).rejects.toMatchObject(refused);
  });

  it.each([{ logging_level: "INFO" }, { logging_level: "ERROR" }, { data_trace_enabled: true }])(
    "need the account's logging role for %j",
    async (settings) => {
      await expect(examples.another(SETTINGS, { settings: [settings] })).resolves.toMatchObject({
        settings: [settings],
      });
      await removeRole();

      await expect(examples.another(SETTINGS, { settings: [settings] })).rejects.toEqual(noRole);
      const quiet = { logging_level: "OFF", data_trace_enabled: false };
      const plain = await examples.another(SETTINGS, { settings: [quiet] });
      const changed = await examples.configOf(SETTINGS, { settings: [settings] });
      await expect(examples.workspace.update(SETTINGS, plain, changed)).rejects.toEqual(noRole);
    },
  );

  it("go with their stage, and not with another", async () => {
    await examples.make(SETTINGS);
    const stage = await examples.make(STAGE);
    await examples.another(STAGE, { stage_name: "prod" });
    await examples.another(SETTINGS, { stage_name: "prod" });
    await examples.workspace.destroy(STAGE, stage);

    expect(stages.list(examples.workspace.place)).toMatchObject([
      { stageName: "prod", methodSettings: { "*/*": { metricsEnabled: true } } },
    ]);
  });

  it("go with their API", async () => {
    await examples.make(SETTINGS);
    await examples.workspace.destroy(API, await examples.make(API));

    expect(stages.list(examples.workspace.place)).toEqual([]);
  });
});

describe("settingsOf", () => {
  it("is undefined without settings, and when they are deleted", async () => {
    expect(await settingsFor("/orders", "GET")).toBeUndefined();
    const all = await examples.make(SETTINGS);
    expect(await settingsFor("/orders", "GET")).toMatchObject({ throttlingRateLimit: 10, throttlingBurstLimit: 5 });
    await examples.workspace.destroy(SETTINGS, all);
    expect(await settingsFor("/orders", "GET")).toBeUndefined();
  });

  it.each([
    ["orders/{id}/GET", "/orders/{id}", "GET"],
    ["~1orders~1{id}/GET", "/orders/{id}", "GET"],
    ["orders/{proxy+}/POST", "/orders/{proxy+}", "POST"],
    ["~1/GET", "/", "GET"],
  ])("takes those of %s in place of those for all", async (method_path, path, method) => {
    await examples.make(SETTINGS);
    await examples.another(SETTINGS, { method_path, settings: [{ throttling_burst_limit: 1 }] });

    expect(await settingsFor(path, method)).toMatchObject({ throttlingBurstLimit: 1 });
    expect(await settingsFor(path, "DELETE")).toMatchObject({ throttlingBurstLimit: 5 });
    expect(await settingsFor(`${path}/x`, method)).toMatchObject({ throttlingBurstLimit: 5 });
  });

  it("does not take those whose path begins with a slash: AWS keeps them, and they have no effect", async () => {
    await examples.make(SETTINGS);
    await examples.another(SETTINGS, { method_path: "/orders/GET", settings: [{ throttling_burst_limit: 1 }] });

    expect(await settingsFor("/orders", "GET")).toMatchObject({ throttlingBurstLimit: 5 });
  });

  it("takes nothing of another stage", async () => {
    await examples.make(SETTINGS);
    const other = await examples.another(STAGE, { stage_name: "prod" });

    expect(settingsOf(recordOf(examples.workspace, other).stage, "/orders", "GET")).toBeUndefined();
  });
});

describe(`${STAGE}, access log`, () => {
  const destination_arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/orders";
  const format = "$context.requestId";
  const settings = (changes: Attributes = {}) => [{ destination_arn, format, ...changes }];

  it("has a destination and a format", async () => {
    expect(await examples.another(STAGE, { access_log_settings: settings() })).toMatchObject({
      access_log_settings: settings(),
    });
  });

  it("is refused without the account's logging role, when it is made and when it is added", async () => {
    await removeRole();
    const access_log_settings = settings();
    await expect(examples.another(STAGE, { access_log_settings })).rejects.toEqual(noRole);
    const stage = await examples.make(STAGE);
    const changed = await examples.configOf(STAGE, { access_log_settings });
    await expect(examples.workspace.update(STAGE, stage, changed)).rejects.toEqual(noRole);
  });

  it("takes a stage without one whether there is a role or not", async () => {
    await removeRole();
    await expect(examples.make(STAGE)).resolves.toMatchObject({ access_log_settings: [] });
  });

  const validate = (changes: Attributes) => () => kindOf(STAGE).validate?.({ access_log_settings: settings(changes) });

  it.each([`${format}\n`, "x $context.extendedRequestId"])("may have the format %j", (given) => {
    expect(validate({ format: given })).not.toThrow();
  });

  it.each([
    [`${format}\nx`, "Access Log format must be single line, new line character is allowed only at end of the format"],
    ["$context.status", "Access Log format must contain $context.requestId or $context.extendedRequestId"],
    ["$context.requestIdentity", "Access Log format must contain $context.requestId or $context.extendedRequestId"],
  ])("must not have the format %j", (given, message) => {
    expect(validate({ format: given })).toThrow(badRequest(message));
  });

  it.each(["arn:aws:firehose:eu-west-1:123456789012:deliverystream/amazon-apigateway-orders", "/orders"])(
    "must not go to %s",
    (destination) => {
      expect(validate({ destination_arn: destination })).toThrow(UnsupportedError);
    },
  );
});
