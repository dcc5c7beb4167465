/** Deployments of a protected environment to whose API a public method was added out of band. */
import { APIGatewayClient, PutIntegrationCommand, PutMethodCommand } from "@aws-sdk/client-api-gateway";
import type { Verification } from "../../operations/verify/verify-stack";
import { ACCESS, TamperedProject } from "../support/tampered-project";

jest.setTimeout(300_000);

const project = new TamperedProject(ACCESS.replace(", ephemeral: true", ""));

beforeAll(async () => {
  await project.open();
  const api = project.client(APIGatewayClient);
  const at = project.placeOf("DELETE", "/orders");
  await api.send(new PutMethodCommand({ ...at, authorizationType: "NONE" }));
  await api.send(new PutIntegrationCommand({ ...at, type: "MOCK" }));
  project.changeAccess();
});

afterAll(() => project.close());

const deploy = (...args: readonly string[]) => project.ask("deploy", "dev", "--yes", "--verify", "none", ...args);

it("is refused without confirmation, with the command that removes the method", async () => {
  const before = project.deploymentId();
  const { code, stderr } = await deploy();

  expect([code, project.deploymentId()]).toEqual([1, before]);
  expect(stderr).toContain("PUBLIC: anyone can call DELETE /orders from the next deployment on\n    aws apigateway");
  expect(stderr).toMatch(/aws apigateway delete-method .*--http-method DELETE/);
});

it("is done with --accept-unmanaged", async () => {
  const before = project.deploymentId();
  const { code } = await deploy("--accept-unmanaged");

  expect(code).toBe(0);
  expect(project.deploymentId()).not.toBe(before);
});

it("is followed by a verification that names the method and how to remove it", async () => {
  const { code, stdout } = await project.ask("verify", "dev", "--refusals-only", "--json");
  const { checks, ...found } = JSON.parse(stdout) as Verification;

  expect([code, found.unmanagedRoutes, found.staleRoutes]).toEqual([2, ["DELETE /orders"], ["GET /status"]]);
  expect(checks.filter(({ verdict }) => verdict !== "as-expected")).toEqual([
    expect.objectContaining({ route: "DELETE /orders", verdict: "not-tested" }),
  ]);
  expect(checks[0]?.advice?.commands).toEqual([
    expect.stringMatching(/^aws apigateway delete-method .*--http-method DELETE$/),
    expect.stringMatching(/^terraform .* apply -replace=aws_api_gateway_deployment\./),
  ]);
});
