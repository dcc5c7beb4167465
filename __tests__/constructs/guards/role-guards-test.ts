/** The role of a function, and what else in a stack would give it more than access.yaml states. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import type { TerraformStack } from "cdktf";
import { declareException } from "../../../constructs/declared-reason";
import { NodeFunction, type NodeFunctionProps } from "../../../constructs/functions/node-function";
import { refusalsOf, resource } from "../../support/guarded-stack";

const entry = join(mkdtempSync(join(tmpdir(), "function-")), "fn.ts");
writeFileSync(entry, "export const handler = async () => 1;");

const QUEUE = "arn:aws:sqs:eu-west-1:123456789012:jobs";
const MORE = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sqs:SendMessage", Resource: QUEUE }],
});

function functionIn(stack: TerraformStack, given: Partial<NodeFunctionProps> = {}): IamRole {
  const made = new NodeFunction(stack, "fn", {
    entry,
    name: ["shop-dev", "orders"],
    region: "eu-west-1",
    accountId: "123456789012",
    environment: {},
    variables: { PASSWORD: { secret: "orders/db" }, TOKEN: { parameter: "token" } },
    statements: [{ actions: ["sqs:SendMessage"], resources: [QUEUE] }],
    runtime: "nodejs24.x",
    memoryMegabytes: 256,
    timeoutSeconds: 10,
    architecture: "arm64",
    logLevel: "info",
    retentionDays: 30,
    tracing: true,
    vpc: { subnetIds: ["subnet-1"], securityGroupIds: ["sg-1"] },
    ...given,
  });
  return made.node.findChild("role") as IamRole;
}

const BEYOND = "it gives the role of a function more than access.yaml states.";
const WAY_OUT =
  "Write it into statements of the function in access.yaml, or declare it with a reason (declareException).";

describe("the role of a function", () => {
  it("may do what access.yaml states, use its network, and read its variables", () => {
    expect(refusalsOf((stack) => functionIn(stack))).toEqual([]);
  });

  it("may do so too where the account is looked up when it is planned", () => {
    expect(refusalsOf((stack) => functionIn(stack, { accountId: undefined }))).toEqual([]);
  });

  it.each([
    ["aws_iam_role_policy", (role: IamRole) => ({ role: role.name, name: "more", policy: MORE })],
    ["aws_iam_role_policy", (role: IamRole) => ({ role: role.id, name: "more", policy: MORE })],
    ["aws_iam_role_policy", () => ({ role: "shop-dev-orders-eu-west-1", name: "more", policy: MORE })],
    [
      "aws_iam_role_policy_attachment",
      (role: IamRole) => ({ role: role.name, policy_arn: "arn:aws:iam::aws:policy/SecurityAudit" }),
    ],
    [
      "aws_iam_policy_attachment",
      (role: IamRole) => ({ name: "more", roles: [role.name], policy_arn: "arn:aws:iam::123456789012:policy/more" }),
    ],
  ])("gets no %s beside it, unless that is declared with a reason", (type, attributesFor) => {
    const more = (stack: TerraformStack) => resource(stack, type, attributesFor(functionIn(stack)), "more");

    expect(refusalsOf((stack) => void more(stack))).toEqual([`dev/more (${type}): ${BEYOND} ${WAY_OUT}`]);
    expect(refusalsOf((stack) => declareException(more(stack), "The queue is that of another stack."))).toEqual([]);
  });

  it("leaves the policies of other roles alone", () => {
    const fill = (stack: TerraformStack) => {
      functionIn(stack);
      resource(stack, "aws_iam_role_policy", { role: "another", name: "more", policy: MORE }, "more");
    };

    expect(refusalsOf(fill)).toEqual([]);
  });

  it.each([
    ["local.role", "$\x7blocal.role}"],
    ["an output of a module", "$\x7bmodule.roles.name}"],
  ])("gets none through a role that cannot be read, such as %s", (_what, role) => {
    const fill = (stack: TerraformStack) => {
      functionIn(stack);
      resource(stack, "aws_iam_role_policy", { role, name: "more", policy: MORE }, "more");
    };

    expect(refusalsOf(fill)).toEqual([
      `dev/more (aws_iam_role_policy): role is "${role}", which cannot be checked before deployment. Refer to the role by its name or its resource, or declare it with a reason (declareException).`,
    ]);
  });

  it("leaves the policies of a role of the stack alone whose name cannot be read", () => {
    const fill = (stack: TerraformStack) => {
      functionIn(stack);
      const assume_role_policy = JSON.stringify({
        Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "events.amazonaws.com" } }],
      });
      resource(stack, "aws_iam_role", { name: "$\x7blocal.name}", assume_role_policy }, "another");
      const role = "$\x7baws_iam_role.another.name}";
      resource(stack, "aws_iam_role_policy", { role, name: "more", policy: MORE }, "more");
    };

    expect(refusalsOf(fill)).toEqual([]);
  });

  it("may do no more when one of its own policies is changed", () => {
    const fill = (stack: TerraformStack) => {
      const made = functionIn(stack).node.scope?.node.findChild("may-log");
      (made as IamRole).addOverride("policy", MORE);
    };

    expect(refusalsOf(fill)).toEqual([`dev/fn/may-log (aws_iam_role_policy): ${BEYOND} ${WAY_OUT}`]);
  });

  it.each([
    ["assume_role_policy", MORE.replace('"Resource"', '"Principal":{"AWS":"arn:aws:iam::123456789012:root"},"X"')],
    ["managed_policy_arns", ["arn:aws:iam::aws:policy/SecurityAudit"]],
    ["inline_policy", [{ name: "more", policy: MORE }]],
  ])("has no other %s", (attribute, value) => {
    expect(refusalsOf((stack) => functionIn(stack).addOverride(attribute, value))).toEqual([
      `dev/fn/role (aws_iam_role): it is the role of a function, and is given more than access.yaml states. ${WAY_OUT}`,
    ]);
  });

  it("may use the network without naming interfaces, as no other role may", () => {
    const policy = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "ec2:CreateNetworkInterface", Resource: "*" }],
    });

    expect(refusalsOf((stack) => void resource(stack, "aws_iam_policy", { name: "net", policy }))).toEqual([
      expect.stringContaining('it allows ec2:CreateNetworkInterface on "*" instead of single resources'),
    ]);
  });

  it.each([
    [["s3:*"], ["arn:aws:s3:::orders"]],
    [["s3:GetObject"], ["*"]],
  ])("is refused wildcards (%s on %s) without a reason, also past access.yaml", (actions, resources) => {
    const statement = { actions, resources };

    expect(refusalsOf((stack) => void functionIn(stack, { statements: [statement] }))).toHaveLength(1);
    expect(
      refusalsOf((stack) => void functionIn(stack, { statements: [{ ...statement, reason: "They are its own." }] })),
    ).toEqual([]);
  });

  it("has the wildcards of one statement for that statement's reason alone", () => {
    const wide = { actions: ["s3:*"], resources: ["arn:aws:s3:::orders"] };

    expect(
      refusalsOf((stack) => void functionIn(stack, { statements: [{ ...wide, reason: "They are its own." }, wide] })),
    ).toEqual(['dev/fn/may (aws_iam_role_policy): it allows "s3:*", not single actions. Name each action.']);
  });
});
