/** Why a method is open to everybody: the reason that somebody wrote down travels with the method. */
import type { ApiGatewayMethod } from "@cdktf/provider-aws/lib/api-gateway-method";
import type { IConstruct } from "constructs";

const REASON = "machine-access:public-reason";

/** Notes that everybody may call the method without a token, and why. */
export function declarePublic(method: ApiGatewayMethod, reason: string): void {
  method.node.addMetadata(REASON, reason);
}

/** The reason given for the method; `undefined` for every construct that nobody declared public. */
export function publicReasonOf(construct: IConstruct): string | undefined {
  const found = construct.node.metadata.find(({ type }) => type === REASON);
  return found === undefined ? undefined : String(found.data);
}
