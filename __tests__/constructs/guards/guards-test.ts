import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Aspects, Lazy, TerraformResource, TerraformStack } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { declareException } from "../../../constructs/declared-reason";
import { addGuards, GuardError } from "../../../constructs/guards/guards";
import { guardedApp, refusals, refusalsOf, resource } from "../../support/guarded-stack";
import { STACK_FORMS } from "../../support/stack-forms";

const LOG_GROUP = "aws_cloudwatch_log_group";
const FOR_EVER = "its log events never expire, because retention_in_days is not set. Set retention_in_days.";

describe("addGuards", () => {
  it("lets a stack through that has nothing wrong", () => {
    expect(refusalsOf((stack) => resource(stack, LOG_GROUP, { retention_in_days: 30 }))).toEqual([]);
  });

  it("names the construct, however deep it is", () => {
    expect(refusalsOf((stack) => resource(new Construct(stack, "their"), LOG_GROUP, {}, "logs"))).toEqual([
      `dev/their/logs (aws_cloudwatch_log_group): ${FOR_EVER}`,
    ]);
  });

  it("lists everything in all stacks, one a line", () => {
    const app = guardedApp();
    resource(new TerraformStack(app, "dev"), LOG_GROUP, {});
    const prod = new TerraformStack(app, "prod");
    resource(prod, LOG_GROUP, {}, "a");
    resource(prod, "aws_api_gateway_account", {}, "b");

    expect(refusals(app)).toEqual([
      `dev/it (aws_cloudwatch_log_group): ${FOR_EVER}`,
      `prod/a (aws_cloudwatch_log_group): ${FOR_EVER}`,
      "prod/b (aws_api_gateway_account): it sets the logging role of all APIs in the region, and removes it when this stack is destroyed. Set the role once for the account, in a separate stack.",
    ]);
  });

  it("gives the violations as data, too", () => {
    const error = new GuardError([{ path: "a/b", type: "aws_x", wrong: "wrong", wayOut: "Out" }]);

    expect(error).toMatchObject({ name: "GuardError", message: "a/b (aws_x): wrong. Out." });
    expect(error.violations).toHaveLength(1);
  });

  it("sees a value that is only produced at synthesis", () => {
    const days = Lazy.numberValue({ produce: () => 0 });

    expect(refusalsOf((stack) => resource(stack, LOG_GROUP, { retention_in_days: days }))).toHaveLength(1);
  });

  it("sees what an override of the resource takes away", () => {
    const lines = refusalsOf((stack) =>
      resource(stack, LOG_GROUP, { retention_in_days: 30 }).addOverride("retention_in_days", 0),
    );

    expect(lines).toEqual([`dev/it (aws_cloudwatch_log_group): ${FOR_EVER}`]);
  });

  it("sees what an override of the stack takes away", () => {
    const lines = refusalsOf((stack) => {
      const { friendlyUniqueId } = resource(stack, LOG_GROUP, { retention_in_days: 30 });
      stack.addOverride(`resource.${LOG_GROUP}.${friendlyUniqueId}.retention_in_days`, 0);
    });

    expect(lines).toEqual([`dev/it (aws_cloudwatch_log_group): ${FOR_EVER}`]);
  });

  it("sees a resource that only an override of the stack makes, and names the override", () => {
    const lines = refusalsOf((stack) => stack.addOverride("resource.aws_cloudwatch_log_group.theirs", { name: "x" }));

    expect(lines).toEqual([
      `dev override resource.aws_cloudwatch_log_group.theirs (aws_cloudwatch_log_group): ${FOR_EVER}`,
    ]);
  });

  it.each([
    ["sees what an Aspect breaks, though it is added later", 30, 0, 1],
    ["does not mind what an Aspect mends", 0, 30, 0],
  ])("%s", (_what, before, after, count) => {
    const app = guardedApp();
    const stack = new TerraformStack(app, "dev");
    resource(stack, LOG_GROUP, { retention_in_days: before });
    const visit = (node: IConstruct) => {
      if (TerraformResource.isTerraformResource(node)) node.addOverride("retention_in_days", after);
    };
    Aspects.of(stack).add({ visit });

    expect(refusals(app)).toHaveLength(count);
  });

  it("sees what is added after the guards, in a stack that is added after them", () => {
    const app = guardedApp();
    addGuards(app);
    resource(new TerraformStack(app, "later"), LOG_GROUP, {});

    expect(refusals(app)).toEqual([`later/it (aws_cloudwatch_log_group): ${FOR_EVER}`]);
  });

  it.each([
    { settings: { for_each: [1], content: { data_trace_enabled: false } } },
    [{ settings: [{ for_each: "$\x7bvar.all}", content: {} }] }],
  ])("refuses a dynamic block in a guarded resource: %j", (dynamic) => {
    expect(refusalsOf((stack) => resource(stack, "aws_api_gateway_method_settings", { dynamic }))).toEqual([
      "dev/it (aws_api_gateway_method_settings): it has a dynamic block, which cannot be checked before deployment. Write out each block.",
    ]);
    expect(
      refusalsOf((stack) => resource(stack, LOG_GROUP, { retention_in_days: 1, nested: [{ dynamic }] })),
    ).toHaveLength(1);
    expect(refusalsOf((stack) => resource(stack, "aws_wafv2_web_acl", { dynamic }))).toEqual([]);
  });

  it("takes a tag for no block", () => {
    expect(refusalsOf((stack) => resource(stack, LOG_GROUP, { retention_in_days: 1, tags: { dynamic: "x" } }))).toEqual(
      [],
    );
  });

  it.each(Object.entries(STACK_FORMS))("sees what is wrong in %s", (_form, write) => {
    const app = guardedApp();
    const stack = new TerraformStack(app, "dev");
    resource(stack, LOG_GROUP, {}, "logs");
    const written = stack.toTerraform();
    stack.toTerraform = () => write(written);

    expect(refusals(app)).toEqual([`dev/logs (aws_cloudwatch_log_group): ${FOR_EVER}`]);
  });

  it("leaves nothing of a refused stack that could be deployed all the same", () => {
    const app = guardedApp();
    resource(new TerraformStack(app, "right"), LOG_GROUP, { retention_in_days: 30 });
    resource(new TerraformStack(app, "wrong"), LOG_GROUP, {});
    refusals(app);
    const fileOf = (stack: string) => join(app.outdir, "stacks", stack, "cdk.tf.json");

    expect(JSON.parse(readFileSync(fileOf("right"), "utf8"))).toHaveProperty("resource");
    expect(existsSync(fileOf("wrong"))).toBe(false);
  });
});

describe("what no guard looks into", () => {
  const UNKNOWN_TYPE = "dev/it (aws_lb): no guard knows this type, so it may open access.";
  const synthesized = (fill: (stack: TerraformStack) => void, isStrict: boolean) => {
    const warnings: string[] = [];
    const lines = refusalsOf(fill, { isStrict, onWarning: (text) => warnings.push(text) });
    return { lines, warnings };
  };
  const balancer = (stack: TerraformStack) => resource(stack, "aws_lb", { name: "front" });
  const network = (stack: TerraformStack) => stack.addOverride("module", [{ network: { source: "./network" } }]);

  it.each([
    [balancer, UNKNOWN_TYPE],
    [network, "dev override module.network (module): no guard looks into a module, so it may open access."],
  ])("is listed, and refused in strict mode", (fill, line) => {
    const wayOut = "Declare it with a reason (declareException), or set strict: false.";

    expect(synthesized(fill, false)).toEqual({ lines: [], warnings: [line] });
    expect(synthesized(fill, true)).toEqual({ lines: [`${line} ${wayOut}`], warnings: [] });
  });

  it("is not a type that opens nothing by itself", () => {
    const named = (stack: TerraformStack) => resource(stack, "terraform_data", { for_each: "$\x7btoset([])}" });

    expect(synthesized(named, true)).toEqual({ lines: [], warnings: [] });
  });

  it.each([true, false])("passes when it is declared with a reason, strict: %s", (isStrict) => {
    const { lines, warnings } = synthesized((stack) => declareException(balancer(stack), "Internal\nonly"), isStrict);

    expect(lines).toEqual([]);
    expect(warnings).toEqual([`${UNKNOWN_TYPE} Declared exception: Internal only.`]);
  });
});

describe("a declared exception", () => {
  const declared = (reason: string) => {
    const warnings: string[] = [];
    const fill = (stack: TerraformStack) => declareException(resource(stack, LOG_GROUP, {}), reason);
    return { lines: refusalsOf(fill, { onWarning: (text) => warnings.push(text) }), warnings };
  };

  it("passes, and is printed with its reason on one line", () => {
    expect(declared("Kept for the\nauditors\u001b[2K")).toEqual({
      lines: [],
      warnings: [
        "dev/it (aws_cloudwatch_log_group): its log events never expire, because retention_in_days is not set. Declared exception: Kept for the auditors\\u{1b}[2K.",
      ],
    });
  });

  it.each(["", " ", "…", "\u200b"])("needs a reason with a letter or a digit: %j", (reason) => {
    expect(declared(reason).lines).toHaveLength(1);
  });
});
