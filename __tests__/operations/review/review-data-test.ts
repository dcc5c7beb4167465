/** What a review is made of, from one job to another: the same review, and no secret on the way. */
import type { Finding } from "../../../operations/plan-file/finding";
import { type ReviewData, readReviewData, reviewDataText, reviewOfData } from "../../../operations/review/review-data";
import { planWith } from "../../support/plan-json";

const SECRETS = ["s3cr3t-of-the-client", "s3cr3t-of-before", "s3cr3t-in-a-variable", "s3cr3t-in-an-output"];
const [CLIENT, BEFORE, VARIABLE, OUTPUT] = SECRETS;

const client = { name: "shop", client_secret: CLIENT, empty: "" };
const lambda = (variables: object) => ({ function_name: "access", environment: [{ variables }] });
const ids = { ALLOWED_CLIENT_IDS: "abc,def" };

const plan = planWith(
  [
    {
      type: "aws_cognito_user_pool_client",
      before: { ...client, client_secret: BEFORE, name: "store" },
      after: client,
      sensitive: { client_secret: true, empty: true },
    },
    {
      type: "aws_lambda_function",
      before: lambda({ ...ids, TOKEN: VARIABLE, SAME: VARIABLE }),
      after: lambda({ ...ids, SAME: VARIABLE }),
    },
  ],
  {
    prior_state: {
      values: {
        outputs: { client_secrets: { value: { shop: OUTPUT }, sensitive: true }, url: { value: "https://a.example" } },
        root_module: {
          resources: [
            {
              address: "aws_cognito_user_pool_client.it",
              mode: "managed",
              type: "aws_cognito_user_pool_client",
              name: "it",
              values: client,
              sensitive_values: { client_secret: true },
            },
          ],
        },
      },
    },
    resource_drift: [
      {
        address: "aws_api_gateway_stage.it",
        type: "aws_api_gateway_stage",
        name: "it",
        change: { actions: ["update"], before: { variables: null }, after: { variables: {} } },
      },
      {
        address: "aws_lambda_function.it",
        type: "aws_lambda_function",
        name: "it",
        change: { actions: ["update"], before: lambda(ids), after: lambda({ ...ids, TOKEN: VARIABLE }) },
      },
    ],
  },
);

const notInPlan = {
  findings: [
    {
      address: "aws_cognito_user_pool.it",
      attribute: "app_client",
      expected: "null",
      found: '"added"',
      verdict: "unmanaged-resource" as const,
      severity: "critical" as const,
      undo: "aws cognito-idp delete-user-pool-client",
    },
  ],
  notChecked: [{ address: "a.b", attribute: "user", operation: "cognito-idp:ListUsers", code: "AccessDenied" }],
};

const data: ReviewData = {
  environment: "dev",
  plan,
  stack: { resource: {} },
  notInPlan,
};

describe("data of a review", () => {
  it("is reviewed as the plan that it was made of, with the same fingerprint", () => {
    const reviewed = reviewOfData(data);

    expect(reviewOfData(readReviewData(reviewDataText(data)))).toEqual(reviewed);
    expect(reviewed.resources.map(({ attributes }) => attributes.map(({ attribute }) => attribute))).toEqual([
      ["client_secret", "name"],
      ["environment.variables"],
    ]);
  });

  it("holds no secret, and the same one is another text the next time", () => {
    const text = reviewDataText(data);

    expect(SECRETS.filter((secret) => text.includes(secret))).toEqual([]);
    expect(text).toContain("abc,def");
    expect(reviewDataText(data)).not.toBe(text);
  });

  it("has another fingerprint where the state is empty and its resources exist", () => {
    const orphan = { ...notInPlan.findings[0], attribute: "orphan", found: '"user pool shop-dev"' } as Finding;
    const empty = { ...data, plan: planWith([]), notInPlan: { findings: [], notChecked: [] } };
    const { fingerprint } = reviewOfData(empty);

    expect(reviewOfData({ ...empty, notInPlan: { findings: [orphan], notChecked: [] } }).fingerprint).not.toBe(
      fingerprint,
    );
  });

  const changed = (changes: object) => JSON.stringify({ ...JSON.parse(reviewDataText(data)), ...changes });

  it.each<readonly [string, string]>([
    ["text", "Review"],
    [
      "an environment that would end the hidden line",
      changed({ environment: `dev fingerprint=${"a".repeat(64)} -->` }),
    ],
    ["another severity", changed({ notInPlan: { findings: [{ severity: "fine" }], notChecked: [] } })],
    ["another version", changed({ format: 2 })],
    ["a plan that is not one", changed({ plan: { resource_changes: 1 } })],
  ])("is not read of %s", (_what, text) => {
    expect(() => readReviewData(text)).toThrow("the file is not the data of a review of this version");
  });
});
