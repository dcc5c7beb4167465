/** What somebody with a console does to a deployed project: one function for each thing. */
import { APIGatewayClient, UpdateAuthorizerCommand } from "@aws-sdk/client-api-gateway";
import { CloudWatchLogsClient, PutRetentionPolicyCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  CognitoIdentityProviderClient,
  DeleteUserPoolClientCommand,
  UpdateResourceServerCommand,
  UpdateUserPoolClientCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { LambdaClient, RemovePermissionCommand, UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import type { TamperedProject } from "./tampered-project";

/** Resets a client, gives another one other scopes, deletes a third, and takes a scope from the resource server. */
export async function tamperWithPool(project: TamperedProject): Promise<void> {
  const cognito = project.client(CognitoIdentityProviderClient);
  const { UserPoolId, clientIds } = project.ids();
  const ClientId = clientIds["billing"];
  await cognito.send(new UpdateUserPoolClientCommand({ UserPoolId, ClientId }));
  await cognito.send(
    new UpdateUserPoolClientCommand({
      UserPoolId,
      ...project.asMade("shop"),
      AllowedOAuthScopes: ["orders/audit", "orders/read"],
    }),
  );
  await cognito.send(new DeleteUserPoolClientCommand({ UserPoolId, ClientId: clientIds["reporting"] }));
  const Scopes = ["read", "write"].map((name) => ({ ScopeName: name, ScopeDescription: `${name} orders` }));
  await cognito.send(new UpdateResourceServerCommand({ UserPoolId, Identifier: "orders", Name: "Orders", Scopes }));
}

/** Gives a method another scope, and lets the authorizer look elsewhere. */
export async function tamperWithGate(project: TamperedProject): Promise<void> {
  const gateway = project.client(APIGatewayClient);
  await project.updateMethod("POST", "/orders", "add", "/authorizationScopes", "orders/read");
  const { restApiId, authorizerId } = project.ids();
  const value = "method.request.header.X-Token";
  const patchOperations = [{ op: "replace" as const, path: "/identitySource", value }];
  await gateway.send(new UpdateAuthorizerCommand({ restApiId, authorizerId, patchOperations }));
}

/** Other callers, a permission less, a role that may do all, and logs that are kept for longer. */
export async function tamperWithFunctions(project: TamperedProject): Promise<void> {
  const lambda = project.client(LambdaClient);
  const Environment = { Variables: { ...project.variablesOf("access"), ALLOWED_CLIENT_IDS: "canary-of-a-client" } };
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: "tampered-dev-access", Environment }));
  await lambda.send(new RemovePermissionCommand(project.permission("GET--status")));
  const statement = { Effect: "Allow", Action: "*", Resource: "*" };
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  await project
    .client(IAMClient, "us-east-1")
    .send(new PutRolePolicyCommand({ ...project.rolePolicy("orders"), PolicyDocument }));
  await project.client(CloudWatchLogsClient).send(new PutRetentionPolicyCommand(LONG_KEPT));
}

/** A log group of the project, kept for longer than the code says. */
export const LONG_KEPT = { logGroupName: "/aws/lambda/tampered-dev-orders", retentionInDays: 365 };
