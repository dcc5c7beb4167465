/** Domains of one's own for REST APIs: the domain, and which stage answers under which part of its path. */
import type { Account } from "../account";
import { type Attributes, blocks, optionalText, text, texts } from "../attributes";
import { UnsupportedError } from "../errors";
import { defineKind, keyOf, type Place } from "../provider/kind";
import { restApi } from "./apigateway";
import { badRequest, conflict, notFound, requireEmulated } from "./apigateway-rules";

const DOMAIN_NAME = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;
const BASE_PATH = /^[A-Za-z0-9$_.+!*'()-]+$/;
const CERTIFICATE = /^arn:aws:acm:([a-z0-9-]+):\d{12}:certificate\/.+$/;
const SECURITY_POLICIES = ["TLS_1_0", "TLS_1_2"];

/**
 * Zones of API Gateway's own names in Route 53.
 * @see https://docs.aws.amazon.com/general/latest/gr/apigateway.html
 */
const HOSTED_ZONES: ReadonlyMap<string, string> = new Map([
  ["ap-northeast-1", "Z1YSHQZHG15GKL"],
  ["ap-northeast-2", "Z20JF4UZKIW1U8"],
  ["ap-northeast-3", "Z22ZQAXXYM8XR"],
  ["ap-south-1", "Z3VO1THU9YC4UR"],
  ["ap-southeast-1", "ZL327KTPIQFUL"],
  ["ap-southeast-2", "Z2RPCDW04V8134"],
  ["ca-central-1", "Z19DQILCV0OWEC"],
  ["eu-central-1", "Z1U9ULNL0V5AJ3"],
  ["eu-north-1", "Z3UWIKFBOOGXPP"],
  ["eu-west-1", "ZLY8HYME6SFDD"],
  ["eu-west-2", "ZJ5UAJN8Y3Z2Q"],
  ["eu-west-3", "Z3KY65QIEKYHQQ"],
  ["sa-east-1", "ZCMLWB8V5SYIT"],
  ["us-east-1", "Z1UJRXOUMOOFQ8"],
  ["us-east-2", "ZOJJZC49E0EPZ"],
  ["us-west-1", "Z2MUQ32089INYE"],
  ["us-west-2", "Z2OJLYMUO9EFXC"],
]);

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_domain_name */
export const domainName = defineKind("aws_api_gateway_domain_name", {
  relations: {
    conflictsWith: {
      certificate_arn: [
        ...["certificate_body", "certificate_chain", "certificate_name", "certificate_private_key"],
        ...["regional_certificate_arn", "regional_certificate_name"],
      ],
      certificate_body: ["certificate_arn", "regional_certificate_arn"],
      certificate_chain: ["certificate_arn", "regional_certificate_arn"],
      certificate_name: ["certificate_arn", "regional_certificate_arn", "regional_certificate_name"],
      certificate_private_key: ["certificate_arn", "regional_certificate_arn"],
      regional_certificate_arn: [
        ...["certificate_arn", "certificate_body", "certificate_chain", "certificate_name"],
        ...["certificate_private_key", "regional_certificate_name"],
      ],
      regional_certificate_name: ["certificate_arn", "certificate_name", "regional_certificate_arn"],
    },
  },
  forceNew: ["certificate_body", "certificate_chain", "certificate_private_key", "domain_name"],
  sensitive: ["certificate_private_key"],
  // Certificates of other kinds, who else may use a private domain, and callers that show a certificate of their own.
  refused: [
    "certificate_arn",
    "certificate_body",
    "certificate_chain",
    "certificate_name",
    "certificate_private_key",
    "mutual_tls_authentication",
    "ownership_verification_certificate_arn",
    "policy",
    "regional_certificate_name",
  ],
  validate(config) {
    const [endpoint] = blocks(config, "endpoint_configuration");
    // Without one, API Gateway makes an edge-optimized domain.
    for (const types of endpoint === undefined ? ["EDGE"] : texts(endpoint, "types")) {
      requireEmulated(domainName.type, "types", { types }, ["REGIONAL"]);
    }
    requireEmulated(domainName.type, "security_policy", config, SECURITY_POLICIES);
  },
  create(given, place) {
    const { account, region } = place;
    const name = text(given, "domain_name");
    if (!DOMAIN_NAME.test(name)) throw badRequest(`Invalid domain name: ${name}`);
    const other = account.list(domainName.type).find(({ domain_name }) => domain_name === name);
    if (other?.["region"] === region) throw badRequest("The domain name you provided already exists.");
    if (other !== undefined) {
      // On AWS, its owner's DNS says which region answers.
      throw new UnsupportedError(`${name} in two regions is not emulated: it is in ${other["region"]} already.`);
    }
    requireCertificate(given, region);
    return {
      id: name,
      arn: `arn:aws:apigateway:${region}::/domainnames/${name}`,
      certificate_upload_date: account.timestamp(),
      cloudfront_domain_name: "",
      cloudfront_zone_id: "Z2FDTNDATAQYW2",
      domain_name_id: "",
      endpoint_configuration: withAddressType(given),
      ownership_verification_certificate_arn: "",
      regional_domain_name: `d-${account.randomId(10)}.execute-api.${region}.amazonaws.com`,
      regional_zone_id: HOSTED_ZONES.get(region) ?? `Z${account.randomId(13).toUpperCase()}`,
      security_policy: given["security_policy"] ?? "TLS_1_2",
    };
  },
  update(given, _prior, { region }) {
    requireCertificate(given, region);
    return { endpoint_configuration: withAddressType(given) };
  },
  remove({ domain_name = null, region = null }, { account }) {
    for (const mapping of account.list(basePathMapping.type)) {
      const isOfDomain = mapping["domain_name"] === domain_name && mapping["region"] === region;
      if (isOfDomain) account.delete(basePathMapping.type, keyOf(basePathMapping, mapping));
    }
  },
});

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_base_path_mapping */
export const basePathMapping = defineKind("aws_api_gateway_base_path_mapping", {
  forceNew: ["domain_name"],
  // It says which private domain of the name is meant.
  refused: ["domain_name_id"],
  // The base path is part of it.
  volatile: ["id"],
  create(given, place) {
    checkMapping(given, place);
    return { id: idOf(given) };
  },
  update(given, prior, place) {
    checkMapping(given, place, prior);
    place.account.delete(basePathMapping.type, keyOf(basePathMapping, prior));
    return { id: idOf(given) };
  },
});

/** First part of the path for which the mapping counts; empty when it counts for every path. */
export function basePathOf(mapping: Attributes): string {
  const path = optionalText(mapping, "base_path") ?? "";
  return path === "(none)" ? "" : path;
}

function idOf(mapping: Attributes): string {
  return `${text(mapping, "domain_name")}/${basePathOf(mapping)}`;
}

/** @throws {AwsError} when API Gateway cannot use the certificate */
function requireCertificate(given: Attributes, region: string): void {
  const arn = optionalText(given, "regional_certificate_arn");
  if (arn === undefined) throw badRequest("A certificate was not provided for the endpoint type REGIONAL.");
  if (CERTIFICATE.exec(arn)?.[1] === region) return;
  throw badRequest(`Invalid certificate ARN: ${arn}. Certificate must be in '${region}'.`);
}

function checkMapping(given: Attributes, { account, region }: Place, prior?: Attributes): void {
  if (account.get(domainName.type, `${region}/${text(given, "domain_name")}`) === undefined) {
    throw notFound("domain name identifier");
  }
  const basePath = basePathOf(given);
  if (basePath.includes("/")) {
    throw badRequest(
      "API Gateway V1 doesn't support the slash character (/) in base path mappings. To create a multi-level base path mapping, use API Gateway V2.",
    );
  }
  if (basePath !== "" && !BASE_PATH.test(basePath)) {
    throw badRequest(`Invalid base path: ${basePath}. It may only contain letters, numbers and $-_.+!*'()`);
  }
  requireTarget(given, account, region);
  const others = account.list(basePathMapping.type).filter((other) => other["id"] !== prior?.["id"]);
  const isTaken = others.some((other) => other["region"] === region && idOf(other) === idOf(given));
  if (isTaken) throw conflict("Base path already exists for this domain name");
}

function requireTarget(given: Attributes, account: Account, region: string): void {
  const apiId = text(given, "api_id");
  if (account.get(restApi.type, `${region}/${apiId}`) === undefined) {
    throw badRequest("Invalid REST API identifier specified");
  }
  const stageName = optionalText(given, "stage_name");
  if (stageName === undefined) return;
  if (account.get("aws_api_gateway_stage", `${region}/ags-${apiId}-${stageName}`) !== undefined) return;
  throw badRequest("Invalid stage identifier specified");
}

function withAddressType(given: Attributes): readonly Attributes[] {
  return blocks(given, "endpoint_configuration").map((endpoint) => ({
    ...endpoint,
    ip_address_type: endpoint["ip_address_type"] ?? "ipv4",
  }));
}
