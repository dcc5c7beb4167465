import { stackOfState } from "../../../operations/deployed/stack-of-state";
import type { StateResource } from "../../../operations/plan-file/state-json";

const managed = (type: string, name: string, values: StateResource["values"]): StateResource => ({
  address: `${type}.${name}`,
  mode: "managed",
  type,
  name,
  values,
  sensitive_values: {},
});
const client = (name: string, id: string) => managed("aws_cognito_user_pool_client", name, { id, name });
const resources = [
  client("shop", "1aaaaaaaaaaaaaaaaaaaaaaaaa"),
  client("jobs", "2bbbbbbbbbbbbbbbbbbbbbbbbb"),
  managed("aws_lambda_function", "orders", {
    invoke_arn: "arn:invoke",
    environment: [
      { variables: { CLIENTS: "1aaaaaaaaaaaaaaaaaaaaaaaaa,2bbbbbbbbbbbbbbbbbbbbbbbbb,3ccccccccccccccccccccccccc" } },
    ],
  }),
  managed("aws_api_gateway_integration", "get", { uri: "arn:invoke" }),
];
const outputs = {
  client_ids: { value: { shop: "1aaaaaaaaaaaaaaaaaaaaaaaaa" }, sensitive: false },
  secrets: { value: "secret", sensitive: true },
};

describe("stackOfState", () => {
  const stack = stackOfState({ outputs, root_module: { resources, child_modules: [] } });

  it("has references in place of ids, also within the text that lists a function's callers", () => {
    expect(stack).toMatchObject({
      resource: {
        aws_cognito_user_pool_client: { shop: { name: "shop" }, jobs: { name: "jobs" } },
        aws_lambda_function: {
          orders: {
            environment: {
              variables: {
                CLIENTS:
                  // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's references.
                  "${aws_cognito_user_pool_client.shop.id},${aws_cognito_user_pool_client.jobs.id},3ccccccccccccccccccccccccc",
              },
            },
          },
        },
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a Terraform reference.
        aws_api_gateway_integration: { get: { uri: "${aws_lambda_function.orders.invoke_arn}" } },
      },
    });
  });

  it("has the outputs that are not sensitive", () => {
    expect(Object(stack).output).toEqual({ client_ids: { value: outputs.client_ids.value } });
  });
});
