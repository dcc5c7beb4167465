/** Functions as Terraform manages them: what Lambda refuses, in its own words, and which zip it takes. */
import { createHash } from "node:crypto";
import { strToU8, zipSync } from "fflate";
import { AwsError, UnsupportedError } from "../../../../emulator/errors";
import { zipOf } from "../../../../emulator/services/lambda/function-code";
import { versions } from "../../../../emulator/services/lambda/records";
import { type Attributes, text, UNKNOWN } from "../../../../emulator/terraform/attributes";
import { Examples, trustPolicy } from "../../../support/examples";
import { functionZip, kindOf, REGION } from "../../../support/workspace";

const FUNCTION = "aws_lambda_function";
const ROLE = "aws_iam_role";

const hash = (content: Uint8Array) => createHash("sha256").update(content).digest("base64");
const oldZip = zipSync({ "index.js": strToU8("exports.handler = async () => 1") });

let examples: Examples;
beforeEach(() => {
  examples = new Examples();
});

/** The code that is run for the function. */
function codeOf({ id }: Attributes): string {
  const { account } = examples.workspace;
  const version = versions.get({ account, region: REGION }, `${id}:$LATEST`);
  if (version === undefined) throw new Error("the function is gone");
  return Buffer.from(zipOf({ account, region: REGION }, version)).toString("latin1");
}

describe(FUNCTION, () => {
  it("is there once in a region", async () => {
    await examples.make(FUNCTION);

    await expect(examples.another(FUNCTION)).rejects.toEqual(
      new AwsError("ResourceConflictException", "Function already exist: orders", 409),
    );
  });

  const LAYERS = ["tools:3", "traces:1"].map((name) => `arn:aws:lambda:eu-west-1:123456789012:layer:${name}`);
  const VPC = { subnet_ids: ["subnet-1", "subnet-2"], security_group_ids: ["sg-1"] };

  it("keeps its layers and its VPC, plans no change of them, and loses them when they are taken away", async () => {
    const made = await examples.another(FUNCTION, { layers: LAYERS, vpc_config: [VPC] });
    const expected = {
      ...VPC,
      ipv6_allowed_for_dual_stack: false,
      vpc_id: expect.stringMatching(/^vpc-[0-9a-f]{17}$/),
    };
    const config = await examples.configOf(FUNCTION, { layers: LAYERS, vpc_config: [VPC] });

    expect(made).toMatchObject({ layers: LAYERS, vpc_config: [expected] });
    expect(examples.workspace.plan(FUNCTION, made, config).planned).toEqual(made);
    const changed = await examples.workspace.update(FUNCTION, made, { ...config, layers: LAYERS.slice(1) });
    expect(changed).toMatchObject({ layers: LAYERS.slice(1), vpc_config: [expected] });
    const bare = await examples.workspace.update(FUNCTION, changed, await examples.configOf(FUNCTION));
    expect(bare).toMatchObject({ layers: [], vpc_config: [] });
  });

  it("does not have two versions of a layer", async () => {
    const [tools = ""] = LAYERS;

    await expect(examples.another(FUNCTION, { layers: [tools, tools.replace(":3", ":4")] })).rejects.toThrow(
      "Two different versions of the same layer are not allowed",
    );
  });

  const refusal = new AwsError(
    "InvalidParameterValueException",
    "The role defined for the function cannot be assumed by Lambda.",
  );

  it.each(["handler", "runtime"])("needs a %s", async (name) => {
    await expect(examples.another(FUNCTION, { [name]: null })).rejects.toThrow("Runtime and Handler are mandatory");
  });

  it("needs a role that exists", async () => {
    await expect(examples.another(FUNCTION, { role: "arn:aws:iam::123456789012:role/gone" })).rejects.toEqual(refusal);
  });

  it("needs a role that Lambda may assume, when it is made and when it is changed", async () => {
    const assume_role_policy = trustPolicy.replace("lambda.", "ec2.");
    const role = text(await examples.another(ROLE, { name: "other", assume_role_policy }), "arn");

    await expect(examples.another(FUNCTION, { role })).rejects.toEqual(refusal);
    const made = await examples.make(FUNCTION);
    const changed = await examples.configOf(FUNCTION, { role });
    await expect(examples.workspace.update(FUNCTION, made, changed)).rejects.toEqual(refusal);
  });

  it("needs a role that names Lambda as who may assume it, not only somewhere in its text", async () => {
    const statement = { Effect: "Deny", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } };
    const assume_role_policy = JSON.stringify({ Statement: [statement] });
    const role = text(await examples.another(ROLE, { name: "other", assume_role_policy }), "arn");

    await expect(examples.another(FUNCTION, { role })).rejects.toEqual(refusal);
  });

  it.each([
    ["a name that is none", { "a-b": "" }, "ValidationException", "Map keys must satisfy constraint"],
    ["a name of one letter", { a: "" }, "ValidationException", "Map keys must satisfy constraint"],
    [
      "a name of Lambda's own",
      { AWS_SECRET_ACCESS_KEY: "x" },
      "InvalidParameterValueException",
      "Reserved keys used in this request: AWS_SECRET_ACCESS_KEY",
    ],
    ["more than 4 KB", { TEXT: "x".repeat(4086) }, "InvalidParameterValueException", "exceeded the 4KB limit"],
  ])("has no variable with %s, when it is made and when it is changed", async (_, variables, name, message) => {
    const expected = { name, message: expect.stringContaining(message) };
    const environment = [{ variables }];

    await expect(examples.another(FUNCTION, { environment })).rejects.toMatchObject(expected);
    const made = await examples.make(FUNCTION);
    const changed = await examples.configOf(FUNCTION, { environment });
    await expect(examples.workspace.update(FUNCTION, made, changed)).rejects.toMatchObject(expected);
  });

  it("may have 4 KB of variables", async () => {
    const environment = [{ variables: { TEXT: "x".repeat(4085) } }];

    expect(await examples.another(FUNCTION, { environment })).toMatchObject({ environment });
  });

  it("takes an environment without variables for none, as long as there is none", async () => {
    const empty = await examples.configOf(FUNCTION, { environment: [{ variables: null }] });
    const { workspace } = examples;

    const made = await workspace.create(FUNCTION, { ...empty, function_name: "bills" });
    expect(made).toMatchObject({ environment: [] });
    expect(workspace.plan(FUNCTION, made, { ...empty, function_name: "bills" }).planned).toEqual(made);

    const variables = { TABLE: "orders" };
    const filled = await examples.another(FUNCTION, { environment: [{ variables }] });
    expect(workspace.plan(FUNCTION, filled, empty).planned).toMatchObject({ environment: [{ variables: {} }] });
    const emptied = await workspace.update(FUNCTION, filled, empty);
    expect(workspace.plan(FUNCTION, emptied, empty).planned).toEqual(emptied);
  });

  it("needs a zip that is there", async () => {
    await expect(examples.another(FUNCTION, { filename: "gone.zip" })).rejects.toEqual(
      new AwsError("InvalidParameterValueException", "reading ZIP file (gone.zip): no such file or directory"),
    );
    await expect(examples.another(FUNCTION, { filename: null })).rejects.toEqual(
      new AwsError("InvalidParameterValueException", "filename must be set"),
    );
  });

  it("takes the zip of the given hash where the path fits several", async () => {
    examples.workspace.files.set("function.zip", [oldZip, functionZip]);
    const made = await examples.another(FUNCTION, { source_code_hash: hash(functionZip) });

    expect(made).toMatchObject({ code_sha256: hash(functionZip), source_code_size: functionZip.length });
    expect(codeOf(made)).toBe(Buffer.from(functionZip).toString("latin1"));
  });

  it("takes the first zip when none has the given hash, and keeps the hash as given", async () => {
    examples.workspace.files.set("function.zip", [oldZip, functionZip]);
    const made = await examples.another(FUNCTION, { source_code_hash: "a hash of the sources" });

    expect(made).toMatchObject({ code_sha256: hash(oldZip), source_code_hash: "a hash of the sources" });
  });

  it.each([
    [
      "text",
      strToU8("exports.handler = async () => 1"),
      "Could not unzip uploaded file. Please check your file, then try to upload again.",
    ],
    [
      "a zip cut short",
      functionZip.subarray(0, -10),
      "Could not unzip uploaded file. Please check your file, then try to upload again.",
    ],
    ["nothing", new Uint8Array(), "Could not unzip uploaded file. Please check your file, then try to upload again."],
    ["a zip of nothing", zipSync({}), "Uploaded file must be a non-empty zip"],
  ])(
    "needs a zip, and takes no file that holds %s, neither when it is made nor when it is changed",
    async (_, content, message) => {
      const none = new AwsError("InvalidParameterValueException", message);
      const made = await examples.make(FUNCTION);
      examples.workspace.files.set("function.zip", [content]);
      const changed = await examples.configOf(FUNCTION, { source_code_hash: hash(content) });

      await expect(examples.another(FUNCTION, { function_name: "other" })).rejects.toEqual(none);
      await expect(examples.workspace.update(FUNCTION, made, changed)).rejects.toEqual(none);
      expect(codeOf(made)).toBe(Buffer.from(functionZip).toString("latin1"));
    },
  );

  it("runs new code once its hash changes", async () => {
    const made = await examples.another(FUNCTION, { source_code_hash: hash(functionZip) });
    examples.workspace.files.set("function.zip", [oldZip]);
    const changed = await examples.configOf(FUNCTION, { source_code_hash: hash(oldZip) });
    const updated = await examples.workspace.update(FUNCTION, made, changed);

    expect(updated).toMatchObject({ code_sha256: hash(oldZip), source_code_size: oldZip.length });
    expect(codeOf(updated)).toBe(Buffer.from(oldZip).toString("latin1"));
  });

  it("keeps its code, and needs no file, when anything else changes", async () => {
    const made = await examples.make(FUNCTION);
    examples.workspace.files.clear();
    const changed = await examples.configOf(FUNCTION, { memory_size: 256 });
    const updated = await examples.workspace.update(FUNCTION, made, changed);

    expect(updated).toMatchObject({ memory_size: 256, code_sha256: hash(functionZip) });
    expect(codeOf(updated)).toBe(Buffer.from(functionZip).toString("latin1"));
  });
});

describe("settings of a function", () => {
  const logging = { log_format: "JSON", application_log_level: "WARN", system_log_level: "INFO", log_group: "/orders" };

  it("are filled in when they are left out", async () => {
    const made = await examples.another(FUNCTION, { logging_config: [] });

    expect(made).toMatchObject({
      logging_config: [
        { log_format: "Text", log_group: "/aws/lambda/orders", application_log_level: "", system_log_level: "" },
      ],
      tracing_config: [{ mode: "PassThrough" }],
      ephemeral_storage: [{ size: 512 }],
    });
  });

  it("are kept as they are given, and need no change when they are planned again", async () => {
    const changes = {
      logging_config: [logging],
      tracing_config: [{ mode: "Active" }],
      ephemeral_storage: [{ size: 1024 }],
    };
    const made = await examples.another(FUNCTION, changes);

    expect(made).toMatchObject(changes);
    expect(examples.workspace.plan(FUNCTION, made, await examples.configOf(FUNCTION, changes)).planned).toBe(made);
  });

  it("name the usual log group and the levels that AWS fills in when only the format is given", async () => {
    const changes = { logging_config: [{ log_format: "JSON" }] };
    const made = await examples.another(FUNCTION, changes);

    expect(made).toMatchObject({
      logging_config: [{ log_group: "/aws/lambda/orders", application_log_level: "INFO" }],
    });
    expect(examples.workspace.plan(FUNCTION, made, await examples.configOf(FUNCTION, changes)).planned).toBe(made);
  });

  it("stay when they are left out later", async () => {
    const made = await examples.another(FUNCTION, { logging_config: [logging] });
    const config = await examples.configOf(FUNCTION, { logging_config: [], memory_size: 256 });
    const changed = await examples.workspace.update(FUNCTION, made, config);

    expect(changed).toMatchObject({ memory_size: 256, logging_config: [logging] });
  });

  it("change in place", async () => {
    const made = await examples.another(FUNCTION, { logging_config: [logging] });
    const config = await examples.configOf(FUNCTION, {
      logging_config: [{ ...logging, application_log_level: "DEBUG" }],
    });
    const changed = await examples.workspace.update(FUNCTION, made, config);

    expect(changed).toMatchObject({ logging_config: [{ ...logging, application_log_level: "DEBUG" }] });
    expect(examples.workspace.plan(FUNCTION, made, config).requiresReplace).toEqual([]);
  });

  it.each([{ application_log_level: "INFO" }, { system_log_level: "INFO" }])(
    "are refused with a level of logs that are plain text: %j",
    async (level) => {
      const wrong = await examples.configOf(FUNCTION, { logging_config: [{ log_format: "Text", ...level }] });
      const refused = new AwsError(
        "InvalidParameterValueException",
        'LogLevel is not supported when LogFormat is set to "Text". Remove LogLevel from your request or change the LogFormat to "JSON" and try again.',
      );

      await expect(examples.workspace.create(FUNCTION, wrong)).rejects.toEqual(refused);
      const made = await examples.make(FUNCTION);
      await expect(examples.workspace.update(FUNCTION, made, wrong)).rejects.toEqual(refused);
    },
  );

  it("are not refused while they are not known yet", () => {
    const config = { logging_config: [{ log_format: UNKNOWN }], tracing_config: UNKNOWN };

    expect(() => kindOf(FUNCTION).validate?.({ ...config, handler: UNKNOWN, runtime: UNKNOWN })).not.toThrow();
  });

  it.each<Attributes>([
    { handler: "index.handler" },
    { runtime: "nodejs22.x" },
    { handler: "index.handler", runtime: "" },
    { handler: UNKNOWN, runtime: "nodejs22.x" },
  ])("are refused at plan time without handler or runtime: %j", (config) => {
    const wrong = "handler and runtime must be set when PackageType is Zip";
    expect(kindOf(FUNCTION).checkPlan?.(config)).toBe(wrong);
  });

  it.each(["python3.13", "provided.al2023", "nodejs"])("are not played with the runtime %s", (runtime) => {
    expect(() => kindOf(FUNCTION).validate?.({ handler: "index.handler", runtime })).toThrow(
      new UnsupportedError(`runtime ${runtime} is not emulated. Emulated: nodejs22.x, nodejs24.x.`),
    );
  });
});

describe("runtimes", () => {
  it.each(["nodejs22.x", "nodejs24.x"])("%s is taken", async (runtime) => {
    await expect(examples.another(FUNCTION, { runtime })).resolves.toMatchObject({ runtime });
  });

  it.each(["nodejs18.x", "nodejs20.x", "java8"])(
    "%s passes at plan time, and is refused in a creation and in a change",
    async (runtime) => {
      const refusal = new AwsError(
        "InvalidParameterValueException",
        `The runtime parameter of ${runtime} is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions.`,
      );
      expect(() => kindOf(FUNCTION).validate?.({ handler: "index.handler", runtime })).not.toThrow();
      await expect(examples.another(FUNCTION, { runtime })).rejects.toEqual(refusal);

      const made = await examples.make(FUNCTION);
      await expect(examples.workspace.update(FUNCTION, made, { ...made, runtime })).rejects.toEqual(refusal);
    },
  );
});
