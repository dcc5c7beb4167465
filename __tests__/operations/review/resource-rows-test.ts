import type { ReviewedResource } from "../../../operations/review/resource-changes";
import { resourceRows } from "../../../operations/review/resource-rows";

const created = (type: string, name: string): ReviewedResource => {
  return { address: `${type}.${name}`, name, type, action: "create", forcedBy: [], attributes: [] };
};

describe("resourceRows", () => {
  it("has one row for all that only records things, after a row for each of the few others", () => {
    const data = ["client/a", "client/b", "domain", "pool"].map((name) => created("terraform_data", name));
    const clients = ["a", "b"].map((name) => created("aws_cognito_user_pool_client", name));

    expect(resourceRows([...data, ...clients]).map(({ line, count }) => [line, count])).toEqual([
      ["| create | `a`<br>`aws_cognito_user_pool_client` |  |", 1],
      ["| create | `b`<br>`aws_cognito_user_pool_client` |  |", 1],
      ["| create | 4 × `terraform_data`<br>`client/a`, `client/b`, `domain` and 1 more |  |", 4],
    ]);
  });
});
