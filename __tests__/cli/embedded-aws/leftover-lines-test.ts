import { leftoverLines, NOT_UNIQUE } from "../../../cli/embedded-aws/leftover-lines";
import { kinds } from "../../../emulator/services/resources";
import { Examples } from "../../support/examples";
import { Workspace } from "../../support/workspace";

jest.mock("../../../emulator/services/cognito/signing-keys", () => ({
  generateSigningKeys: async () => [{ kid: "a" }],
}));

const left = (type: string, key: string) => ({ action: "create", type, key }) as const;

describe("leftoverLines", () => {
  it("says of what has a unique name that the next deployment replaces it, and of what has none that it stays", () => {
    expect(
      leftoverLines([left("aws_iam_role", "/orders"), left("aws_cognito_user_pool", "eu-west-1/eu-west-1_a")]),
    ).toEqual([
      "aws_iam_role /orders: the next deployment replaces it",
      expect.stringMatching(/^aws_cognito_user_pool eu-west-1\/eu-west-1_a: the next deployment creates another one; /),
    ]);
  });

  it("says of what is in an API that stays that it stays as well", () => {
    const [method, other] = ["api", "other"].map((api) => left("aws_api_gateway_method", `eu-west-1/${api}/x/GET`));
    const api = left("aws_api_gateway_rest_api", "eu-west-1/api");

    expect(
      leftoverLines([api, method ?? api, other ?? api]).map((line) => line.includes("creates another one")),
    ).toEqual([true, true, false]);
  });

  it.each([...kinds.keys()])("is right about %s", async (type) => {
    const examples = new Examples(new Workspace());
    const first = await examples.make(type);
    const second = await examples.another(type).catch(() => first);

    expect(second["id"] !== first["id"]).toBe(NOT_UNIQUE.includes(type));
  });
});
