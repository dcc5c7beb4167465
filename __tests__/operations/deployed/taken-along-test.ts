import { requireNothingTakenAlong, takenAlong } from "../../../operations/deployed/taken-along";
import type { Finding } from "../../../operations/plan-file/finding";
import { UserError } from "../../../platform/user-error";

const DEPLOYING = [{ address: "aws_api_gateway_deployment.api", action: "replace" }];
const REMOVE = "aws apigateway delete-method --rest-api-id a1 --resource-id r1 --http-method DELETE";

const backdoor: Finding = {
  address: "aws_api_gateway_rest_api.api",
  attribute: "method",
  expected: "not there",
  found: '{"route":"DELETE /catalog"}',
  verdict: "unmanaged-resource",
  severity: "critical",
  route: "DELETE /catalog",
  effect: "PUBLIC: anyone can call DELETE /catalog from the next deployment on",
  undo: REMOVE,
};
const { effect: _, ...withoutEffect } = backdoor;
const live: Finding = {
  address: "DELETE /catalog",
  attribute: null,
  expected: "not deployed",
  found: "deployed, PUBLIC",
  verdict: "still-live",
  severity: "critical",
  route: "DELETE /catalog",
};

describe("takenAlong", () => {
  it.each(["create", "replace"])("has what a deployment publishes that the plan does: %s", (action) => {
    expect(takenAlong([{ address: "aws_api_gateway_deployment.api", action }], [backdoor])).toEqual([backdoor]);
  });

  it("has a public method that an out-of-band deployment has published already", () => {
    const known: Finding = { ...withoutEffect, severity: "warning" };

    expect(takenAlong(DEPLOYING, [known, live])).toEqual([known]);
  });

  it.each<[string, Finding]>([
    ["with authorization", { ...withoutEffect, severity: "warning" }],
    ["in another resource", { ...backdoor, address: "aws_cognito_user_pool.pool" }],
    ["that no deployment holds", { ...backdoor, attribute: "stage" }],
  ])("does not have what was added %s", (_what, finding) => {
    expect(takenAlong(DEPLOYING, [finding])).toEqual([]);
  });

  it.each([
    [{ address: "aws_api_gateway_deployment.api", action: "destroy" }],
    [{ address: "aws_api_gateway_stage.api", action: "update" }],
  ])("is empty when the plan does not deploy the API: %j", (planned) => {
    expect(takenAlong([planned], [backdoor])).toEqual([]);
  });
});

describe("requireNothingTakenAlong", () => {
  it("names the consequence, the command that removes it, and the ways to accept it", () => {
    const refused = () => requireNothingTakenAlong("prod", DEPLOYING, [backdoor]);

    expect(refused).toThrow(UserError);
    expect(refused).toThrow(
      `nothing was deployed to prod, because the deployment would publish what was added out of band:\n  PUBLIC: anyone can call DELETE /catalog from the next deployment on\n    ${REMOVE}\nRun these commands first. To publish it, confirm on a terminal without --yes, or add --accept-unmanaged.`,
    );
  });

  it("allows a plan that takes nothing along", () => {
    expect(() => requireNothingTakenAlong("prod", DEPLOYING, [live])).not.toThrow();
  });
});
