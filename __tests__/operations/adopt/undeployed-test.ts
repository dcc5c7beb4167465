/** What the first deployment of an adopted API publishes beside what adopt changes. */
import { undeployed } from "../../../operations/adopt/undeployed";
import type { ApiMethod } from "../../../operations/deployed/api-method";
import { systemWith } from "../../support/existing-systems";

const system = systemWith();
const uri = system.resources[1]?.resourceMethods?.["GET"]?.methodIntegration?.uri ?? "";
const live: ApiMethod = {
  authorization: "COGNITO_USER_POOLS",
  authorization_scopes: ["orders/read"],
  token_header: "Authorization",
  provider_arns: [],
  integration_type: "AWS_PROXY",
  integration_uri: uri,
};

it("is nothing when the stage serves the methods as they are", () => {
  expect(undeployed(system, new Map([["GET /orders", live]]))).toEqual([]);
});

it.each<[string, Partial<ApiMethod>]>([
  ["authorization", { authorization: "NONE" }],
  ["scopes", { authorization_scopes: [] }],
  ["integration", { integration_type: "MOCK" }],
  ["backend", { integration_uri: "https://other.example.com/" }],
])("is a change of the %s", (_what, changes) => {
  expect(undeployed(system, new Map([["GET /orders", { ...live, ...changes }]]))).toEqual([
    "GET /orders was changed, and the change is not deployed: stage dev serves it from the first deployment on.",
  ]);
});

it("is a method that was added, and one that was deleted", () => {
  expect(undeployed(system, new Map([["POST /old", live]]))).toEqual([
    "GET /orders was added, and is not deployed: stage dev serves it from the first deployment on.",
    "POST /old was deleted, but is still deployed: the first deployment ends it.",
  ]);
});
