/** Clients that get tokens past the user pool's domain, and pools whose tokens no authorizer accepts. */
import { clientTokenReasonOf } from "../client-token";
import { CLIENT_TOKEN_FLOW } from "../contract/contract";
import { blocksOf, hasExpression, listOf, shown } from "./attribute-value";
import { type GuardTable, when } from "./guard";
import type { SynthesizedStack } from "./synthesized-stack";

export const tokenGuards: GuardTable = {
  aws_cognito_user_pool_client: ({ attributes: { explicit_auth_flows: flows }, construct }) => {
    const reason = construct === undefined ? undefined : clientTokenReasonOf(construct);
    if (reason !== undefined && reason.trim() !== "") return [];
    const isUnknown = listOf(flows).some(hasExpression);
    return when(
      isUnknown || listOf(flows).includes(CLIENT_TOKEN_FLOW),
      isUnknown
        ? `explicit_auth_flows is ${shown(flows)}, which nobody can check before it is deployed`
        : `it can get tokens without the domain, since explicit_auth_flows has ${CLIENT_TOKEN_FLOW}`,
      "Let it use the token endpoint (allowed_oauth_flows), or declare it with a reason (declareClientToken)",
    );
  },

  /** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_IssuerConfigurationType.html */
  aws_cognito_user_pool: ({ name, attributes }, stack) =>
    when(
      blocksOf(attributes["issuer_configuration"]).some(({ type }) => type !== "ORIGINAL") &&
        isBehindRestApi(name, stack),
      "issuer_configuration is not ORIGINAL, and no COGNITO_USER_POOLS authorizer accepts tokens with another issuer",
      "Leave issuer_configuration out",
    ),
};

function isBehindRestApi(pool: string, stack: SynthesizedStack): boolean {
  return stack
    .ofType("aws_api_gateway_authorizer")
    .some(({ attributes }) =>
      listOf(attributes["provider_arns"]).some((arn) => String(arn).includes(`aws_cognito_user_pool.${pool}.`)),
    );
}
