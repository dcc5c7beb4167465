/** Reasons with which exceptions from the guards are declared; they are kept with the construct. */
import type { CognitoUserPoolClient } from "@cdktf/provider-aws/lib/cognito-user-pool-client";
import type { TerraformResource } from "cdktf";
import type { IConstruct } from "constructs";

const REASON = "machine-access:reason";
const EXCEPTION = "machine-access:exception";
const STATED = "machine-access:stated";

/** Declares that the method of a REST API, or the route of an HTTP API, may be called without a token. */
export function declarePublic(method: TerraformResource, reason: string): void {
  method.node.addMetadata(REASON, reason);
}

/** Declares that the client may get tokens by `GetClientToken`, past the domain and its firewall. */
export function declareClientToken(client: CognitoUserPoolClient, reason: string): void {
  client.node.addMetadata(REASON, reason);
}

/** Declares that everything that guards find in the resource or module is meant. Synthesis prints it with the reason. */
export function declareException(construct: IConstruct, reason: string): void {
  construct.node.addMetadata(EXCEPTION, reason);
}

/** Declares that the policy is one that access.yaml states for the role of a function. @param policy its text */
export function declareStated(construct: IConstruct, policy: string): void {
  construct.node.addMetadata(STATED, policy);
}

/** The text of the policy that access.yaml states; `undefined` for every other construct. */
export function statedPolicyOf(construct: IConstruct): string | undefined {
  return textOf(construct, STATED);
}

/** The declared reason; `undefined` for a construct without one. */
export function declaredReasonOf(construct: IConstruct): string | undefined {
  return textOf(construct, REASON);
}

/** The reason of the declared exception; `undefined` for a construct without one. */
export function exceptionOf(construct: IConstruct): string | undefined {
  return textOf(construct, EXCEPTION);
}

/** Whether a reason is written: it needs a letter or a digit. */
export function hasReason(reason: string | undefined): reason is string {
  return /[\p{L}\p{N}]/u.test(reason ?? "");
}

function textOf(construct: IConstruct, type: string): string | undefined {
  const found = construct.node.metadata.find((entry) => entry.type === type);
  return found === undefined ? undefined : String(found.data);
}
