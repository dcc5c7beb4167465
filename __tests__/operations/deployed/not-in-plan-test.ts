import { findNotInPlan } from "../../../operations/deployed/not-in-plan";
import { parsePlan } from "../../../operations/plan-file/plan-json";
import type { Aws } from "../../../platform/aws";

const role = { address: "aws_iam_role.orders", mode: "managed", type: "aws_iam_role", name: "orders" };
const values = { id: "orders", name: "orders", arn: "arn:aws:iam::123456789012:role/orders" };
const PolicyArn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";

async function* pages<Page>(page: Page) {
  yield page;
}

/** IAM, where the role has one attached policy. */
const iam = async () => ({
  paginateListRolePolicies: () => pages({ PolicyNames: [] }),
  paginateListAttachedRolePolicies: () => pages({ AttachedPolicies: [{ PolicyArn }] }),
  paginateListInstanceProfilesForRole: () => pages({ InstanceProfiles: [] }),
});
const clients = () => ({ region: "eu-west-1", iam }) as unknown as Aws;

function findIn(importing: object) {
  const change = { actions: ["no-op"], before: values, after: values, ...importing };
  const plan = parsePlan({
    terraform_version: "1.11.4",
    resource_changes: [{ ...role, change }],
    prior_state: { values: { root_module: { resources: [{ ...role, values }] } } },
    configuration: { root_module: {} },
  });
  return findNotInPlan({ environment: "dev", folder: "dev", plan, json: {}, clients });
}

describe("findNotInPlan", () => {
  it("has no command that removes what an adopted resource keeps", async () => {
    const managed = await findIn({});
    const adopted = await findIn({ importing: { id: "orders" } });

    expect(managed.findings).toEqual([
      expect.objectContaining({
        attribute: "managed_policy_arns",
        undo: expect.stringMatching(/^aws iam detach-role-policy .*AWSLambdaBasicExecutionRole/),
      }),
    ]);
    const [{ undo: _, ...kept } = {}] = managed.findings;
    expect(adopted.findings).toEqual([kept]);
  });
});
