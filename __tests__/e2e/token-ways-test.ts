/** What the commands say when a client gains a way to tokens past the domain, and a pool another issuer, by hand. */
import {
  CognitoIdentityProviderClient,
  UpdateUserPoolClientCommand,
  UpdateUserPoolCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import type { Deployment } from "../../operations/deployed/deployment";
import { findDrift } from "../../operations/drift/find-drift";
import type { Verification } from "../../operations/verify/verification";
import { verifyStack } from "../../operations/verify/verify-stack";
import { TamperedProject } from "../support/tampered-project";

jest.setTimeout(300_000);

const project = new TamperedProject();
let deployment: Deployment;
let cognito: CognitoIdentityProviderClient;

beforeAll(async () => {
  await project.open();
  deployment = await project.deployment();
  cognito = project.client(CognitoIdentityProviderClient);
});
afterAll(() => project.close());

async function verify(): Promise<Verification> {
  const options = { concurrency: 8, rate: 1000, timeout: 30, retryFor: 0, refusalsOnly: true, clients: ["billing"] };
  return await verifyStack(deployment, project.synthesized(), options);
}

describe("a client that somebody lets get tokens without the domain", () => {
  beforeAll(async () => {
    const { UserPoolId } = project.ids();
    const changes = {
      AllowedOAuthScopes: ["orders/read"],
      ExplicitAuthFlows: ["ALLOW_CLIENT_TOKEN_AUTH" as never],
    };
    await cognito.send(new UpdateUserPoolClientCommand({ UserPoolId, ...project.asMade("billing"), ...changes }));
  });
  afterAll(() => project.apply());

  it("is a wrong yes to verify", async () => {
    const wrong = (await verify()).checks.filter(({ outcome }) => outcome !== "as expected");

    expect(wrong).toMatchObject([
      {
        route: "token",
        caller: "billing",
        expected: "no token by GetClientToken",
        found: "a token",
        outcome: "WRONG YES",
      },
    ]);
  });

  it("is loud in drift, and put back by the next deployment", async () => {
    expect(await findDrift(project.folder)).toMatchObject([
      {
        attribute: "explicit_auth_flows",
        found: '["ALLOW_CLIENT_TOKEN_AUTH"]',
        isLoud: true,
        effect: "billing can get tokens without the domain: ALLOW_CLIENT_TOKEN_AUTH",
      },
    ]);
  });
});

describe("a pool that somebody gives the updated issuer", () => {
  const withIssuer = async (Type: "ORIGINAL" | "UPDATED") => {
    const AdminCreateUserConfig = { AllowAdminCreateUserOnly: true };
    const { UserPoolId } = project.ids();
    await cognito.send(new UpdateUserPoolCommand({ UserPoolId, IssuerConfiguration: { Type }, AdminCreateUserConfig }));
  };
  beforeAll(() => withIssuer("UPDATED"));
  afterAll(() => withIssuer("ORIGINAL"));

  it("is told by verify and drift", async () => {
    expect(await verify()).toMatchObject({ hasUpdatedIssuer: true });
    expect(await findDrift(project.folder)).toMatchObject([{ attribute: "issuer_configuration", isLoud: true }]);
  });

  it("has tokens that npm run token checks against that issuer, with a note", async () => {
    const { code, stdout, stderr } = await project.cli("token", "billing", "--decode");

    expect([code, JSON.parse(stdout).claims.iss]).toEqual([0, deployment.issuer.replace("cognito", "issuer-cognito")]);
    expect(stderr).toContain("note: the token has the UPDATED issuer, which no COGNITO_USER_POOLS authorizer");
  });
});
