/** What protects the API itself, by type. Pure. */

import { code, codes } from "../../platform/markdown";
import { caution } from "./alert";
import {
  added,
  blockOf,
  isLost,
  isOther,
  isRemoved,
  isThere,
  type Loss,
  type Protections,
  shown,
  type Values,
} from "./protected-values";

/** Versions of TLS below those that AWS recommends. */
const OLD_TLS = /^TLS_1_0$/;

const api = ({ name }: Values) => `The API ${shown(name)}`;
const authorizer = ({ name }: Values) => `The authorizer ${shown(name)}`;
const stage = ({ stage_name }: Values) => `The stage ${shown(stage_name)}`;
const domain = ({ domain_name }: Values) => `The domain ${shown(domain_name)}`;
const method = ({ http_method }: Values) => `A method ${shown(http_method)}`;

const API_LOSSES: readonly Loss[] = [
  (before, after) =>
    isRemoved(before, after, "policy")
      ? `${api(before)} loses its resource policy: it keeps nobody out any more.`
      : undefined,
  (before, after) => {
    const [old, now] = [endpointOf(before), endpointOf(after)];
    return old.includes("PRIVATE") && !now.includes("PRIVATE")
      ? caution(`${api(before)} becomes reachable from the internet: ${codes(now)}, before ${code("PRIVATE")}.`)
      : undefined;
  },
  (before, after) =>
    isLost(before, after, "disable_execute_api_endpoint")
      ? `${api(before)} answers at its own URL too, past what protects its domain.`
      : undefined,
];

const AUTHORIZER_LOSSES: readonly Loss[] = [
  (before, after) => {
    const more = added(before, after, "provider_arns");
    return more.length > 0 ? `${authorizer(before)} takes tokens of more user pools: ${codes(more)}.` : undefined;
  },
  (before, after) =>
    before["type"] === "COGNITO_USER_POOLS" && after["type"] !== "COGNITO_USER_POOLS"
      ? `${authorizer(before)} does not check tokens of a user pool any more.`
      : undefined,
];

const STAGE_LOSSES: readonly Loss[] = [
  (before, after) => {
    const name = "access_log_settings";
    if (isRemoved(before, after, name)) {
      return `${stage(before)} loses its access log: nobody can see any more who called.`;
    }
    const [old, now] = [blockOf(before, name), blockOf(after, name)];
    return isOther(old, now, "destination_arn")
      ? `${stage(before)} writes its access log elsewhere: ${shown(now["destination_arn"])}.`
      : undefined;
  },
  (before, after) => {
    const [old, now] = [before, after].map((values) => blockOf(values, "access_log_settings"));
    const still = loggedBy(now);
    const lost = still.length === 0 ? [] : loggedBy(old).filter((variable) => !still.includes(variable));
    return lost.length > 0 ? `The access log of ${shown(before["stage_name"])} says less: ${codes(lost)}.` : undefined;
  },
];

const DOMAIN_LOSSES: readonly Loss[] = [
  (before, after) =>
    before["security_policy"] !== after["security_policy"] && OLD_TLS.test(String(after["security_policy"]))
      ? `${domain(before)} takes connections by TLS 1.0 again.`
      : undefined,
  (before, after) => {
    const name = "mutual_tls_authentication";
    if (isRemoved(before, after, name)) return caution(`${domain(before)} asks callers for no certificate any more.`);
    const [old, now] = [blockOf(before, name), blockOf(after, name)];
    return ["truststore_uri", "truststore_version"].some((part) => isOther(old, now, part))
      ? `${domain(before)} trusts other certificates of callers.`
      : undefined;
  },
];

const METHOD_LOSSES: readonly Loss[] = [
  (before, after) =>
    isLost(before, after, "api_key_required") ? `${method(before)} demands no API key any more.` : undefined,
  (before, after) =>
    isThere(before["request_validator_id"]) && !isThere(after["request_validator_id"])
      ? `${method(before)} takes requests without a look at their parameters and body.`
      : undefined,
];

/** Of the API, its stage, and its domain. */
export const API_PROTECTIONS: Protections = {
  aws_api_gateway_rest_api: {
    called: api,
    attributes: ["disable_execute_api_endpoint", "endpoint_configuration.types"],
    losses: API_LOSSES,
  },
  aws_api_gateway_authorizer: { called: authorizer, attributes: ["provider_arns", "type"], losses: AUTHORIZER_LOSSES },
  aws_api_gateway_stage: {
    called: stage,
    attributes: ["access_log_settings.destination_arn"],
    losses: STAGE_LOSSES,
  },
  aws_api_gateway_domain_name: {
    called: domain,
    attributes: ["security_policy", "mutual_tls_authentication.truststore_uri"],
    losses: DOMAIN_LOSSES,
  },
  aws_api_gateway_method: { called: method, attributes: ["api_key_required"], losses: METHOD_LOSSES },
};

/** What a line of the access log tells. */
function loggedBy(settings: Values = {}): readonly string[] {
  return String(settings["format"] ?? "").match(/\$context\.[\w.]+/g) ?? [];
}

function endpointOf(values: Values): readonly string[] {
  const { types } = blockOf(values, "endpoint_configuration");
  return Array.isArray(types) ? types.map(String) : [];
}
