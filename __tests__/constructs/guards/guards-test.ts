import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Aspects, Lazy, TerraformResource, TerraformStack } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { addGuards, GuardError } from "../../../constructs/guards/guards";
import { guardedApp, refusals, refusalsOf, resource } from "../../support/guarded-stack";

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
