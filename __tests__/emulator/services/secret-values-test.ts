/** Which values of an account are secrets. */
import { callOperation, type ServiceDefinition } from "../../../emulator/protocols/service";
import { apigateway } from "../../../emulator/services/apigateway";
import { cognito } from "../../../emulator/services/cognito";
import { secretValues } from "../../../emulator/services/secret-values";
import { secretsManager } from "../../../emulator/services/secretsmanager";
import { ssm } from "../../../emulator/services/ssm";
import { openAccount, Workspace } from "../../support/workspace";

describe("secretValues", () => {
  it("are those of clients, API keys, secrets and SecureStrings, and no plain parameters", async () => {
    const { place } = new Workspace(openAccount());
    const call = (service: ServiceDefinition, operation: string, input: object) =>
      callOperation(service, { ...place, requestId: "1" }, operation, input as never);
    const { UserPool } = (await call(cognito, "CreateUserPool", { PoolName: "orders" })) as {
      readonly UserPool: { readonly Id: string };
    };
    const { UserPoolClient } = (await call(cognito, "CreateUserPoolClient", {
      UserPoolId: UserPool.Id,
      ClientName: "billing",
      GenerateSecret: true,
    })) as { readonly UserPoolClient: { readonly ClientSecret: string } };
    await call(apigateway, "CreateApiKey", { name: "partner", value: "a-key-of-twenty-letters" });
    await call(secretsManager, "CreateSecret", {
      Name: "orders",
      SecretString: "of-secrets-manager",
      ClientRequestToken: "a".repeat(32),
    });
    await call(ssm, "PutParameter", { Name: "/a", Value: "of-a-secure-string", Type: "SecureString" });
    await call(ssm, "PutParameter", { Name: "/b", Value: "plain", Type: "String" });

    expect([...secretValues(place.account)].sort()).toEqual(
      [UserPoolClient.ClientSecret, "a-key-of-twenty-letters", "of-secrets-manager", "of-a-secure-string"].sort(),
    );
  });
});
