/**
 * Custom domain names of REST APIs.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_DomainName.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_domain_name
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import type { TablePlace } from "../../account/table";
import { UnsupportedError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { words } from "../../protocols/words";
import { type Attributes, blocks, optionalText, texts } from "../../terraform/attributes";
import { defineResource } from "../../terraform/resource";
import { differences, replacing } from "./patch";
import { type DomainNameRecord, domainNames, mappings } from "./records";
import { badRequest, notFound, requireEmulated } from "./refusals";
import { sharedOperations } from "./shared-operations";

const TYPE = "aws_api_gateway_domain_name";
const DOMAIN_NAME = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;
const CERTIFICATE = /^arn:aws:acm:([a-z0-9-]+):\d{12}:certificate\/.+$/;
const SECURITY_POLICIES = ["TLS_1_0", "TLS_1_2"];

/**
 * Zones of API Gateway's own names in Route 53, by region.
 * @see https://docs.aws.amazon.com/general/latest/gr/apigateway.html
 */
const HOSTED_ZONES: ReadonlyMap<string, string> = new Map(
  words(`
    ap-northeast-1=Z1YSHQZHG15GKL ap-northeast-2=Z20JF4UZKIW1U8 ap-northeast-3=Z22ZQAXXYM8XR
    ap-south-1=Z3VO1THU9YC4UR ap-southeast-1=ZL327KTPIQFUL ap-southeast-2=Z2RPCDW04V8134
    ca-central-1=Z19DQILCV0OWEC eu-central-1=Z1U9ULNL0V5AJ3 eu-north-1=Z3UWIKFBOOGXPP
    eu-west-1=ZLY8HYME6SFDD eu-west-2=ZJ5UAJN8Y3Z2Q eu-west-3=Z3KY65QIEKYHQQ sa-east-1=ZCMLWB8V5SYIT
    us-east-1=Z1UJRXOUMOOFQ8 us-east-2=ZOJJZC49E0EPZ us-west-1=Z2MUQ32089INYE us-west-2=Z2OJLYMUO9EFXC
  `).map((pair) => pair.split("=") as [string, string]),
);

/** Certificates of other kinds, who else may use a private domain, and callers that show a certificate of their own. */
const REFUSED = words(`
  certificate_arn certificate_body certificate_chain certificate_name certificate_private_key
  mutual_tls_authentication ownership_verification_certificate_arn policy regional_certificate_name
`);

/** The same by the names of members. */
export const NOT_EMULATED = REFUSED.map((name) => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()));

/** The domain name of the input. @throws {AwsError} `NotFoundException` */
export function requireDomain(place: TablePlace, name: string | undefined): DomainNameRecord {
  const found = domainNames.get(place, name ?? "");
  if (found === undefined) throw notFound("domain name identifier");
  return found;
}

export function createDomainName(context: OperationContext, input: Wire<sdk.CreateDomainNameRequest>) {
  const { account, region } = context;
  const { domainName = "", endpointConfiguration, regionalCertificateArn, securityPolicy = "TLS_1_2", tags } = input;
  if (!DOMAIN_NAME.test(domainName)) throw badRequest(`Invalid domain name: ${domainName}`);
  const other = domainNames.listEverywhere(account).find(({ record }) => record.domainName === domainName);
  if (other?.region === region) throw badRequest("The domain name you provided already exists.");
  if (other !== undefined) {
    // On AWS, its owner's DNS decides which region answers.
    throw new UnsupportedError(`${domainName} in two regions is not emulated: it is in ${other.region} already.`);
  }
  return put(context, {
    domainName,
    certificateUploadDate: Math.floor(account.now() / 1000),
    regionalDomainName: `d-${account.randomId(10)}.execute-api.${region}.amazonaws.com`,
    regionalHostedZoneId: HOSTED_ZONES.get(region) ?? `Z${account.randomId(13).toUpperCase()}`,
    regionalCertificateArn,
    endpointConfiguration: { types: ["EDGE"], ipAddressType: "ipv4", ...endpointConfiguration },
    domainNameStatus: "AVAILABLE",
    securityPolicy,
    tags: tags && Object.keys(tags).length > 0 ? tags : undefined,
  });
}

/** @throws {AwsError} when API Gateway cannot use the certificate; @throws {UnsupportedError} for what is not emulated */
function put(context: OperationContext, domain: DomainNameRecord): DomainNameRecord {
  const { endpointConfiguration, regionalCertificateArn: arn, securityPolicy } = domain;
  requireServed(endpointConfiguration?.types ?? [], securityPolicy);
  if (arn === undefined) throw badRequest("A certificate was not provided for the endpoint type REGIONAL.");
  if (CERTIFICATE.exec(arn)?.[1] !== context.region) {
    throw badRequest(`Invalid certificate ARN: ${arn}. Certificate must be in '${context.region}'.`);
  }
  return domainNames.put(context, present(domain));
}

function requireServed(types: readonly string[], securityPolicy: string | undefined): void {
  for (const type of types) requireEmulated(`${TYPE}.types`, type, ["REGIONAL"]);
  requireEmulated(`${TYPE}.security_policy`, securityPolicy, SECURITY_POLICIES);
}

/** A part of the endpoint's configuration that is replaced. */
const endpointPart = (part: (value: string | undefined) => object) =>
  replacing<DomainNameRecord>("endpointConfiguration", (value, { endpointConfiguration }) => ({
    ...endpointConfiguration,
    ...part(value),
  }));

const ADDRESS = "/endpointConfiguration/ipAddressType";
const ENDPOINT_TYPE = "/endpointConfiguration/types/0";

export const operations = sharedOperations<DomainNameRecord, { readonly domainName: string | undefined }>({
  type: "DomainName",
  table: domainNames,
  require: (context, { domainName }) => requireDomain(context, domainName),
  list: (context) => domainNames.list(context),
  rules: {
    [ADDRESS]: endpointPart((ipAddressType) => ({ ipAddressType })),
    [ENDPOINT_TYPE]: endpointPart((type) => ({ types: [type] })),
    "/regionalCertificateArn": replacing("regionalCertificateArn"),
    "/securityPolicy": replacing("securityPolicy"),
  },
  put,
  beforeDelete(context, { domainName }) {
    for (const mapping of mappings.list(context)) {
      if (mapping.domainName === domainName) mappings.delete(context, mapping);
    }
  },
});

/** The attributes with those of the endpoint among them; what AWS decides itself is left out. */
function endpointOf(attributes: Attributes): Attributes {
  const [endpoint = {}] = blocks(attributes, "endpoint_configuration");
  return { ...attributes, type: texts(endpoint, "types")[0] ?? null, address: endpoint["ip_address_type"] ?? "ipv4" };
}

const OWN_CERTIFICATE = words("certificate_body certificate_chain certificate_private_key");
const BY_ARN = ["certificate_arn", "regional_certificate_arn"];

export const domainNameResource = defineResource(TYPE, {
  service: "apigateway",
  names: {
    id: "domainName",
    cloudfront_domain_name: "distributionDomainName",
    regional_zone_id: "regionalHostedZoneId",
    tags_all: "tags",
    tags: null,
  },
  tagging: { tag: "TagResource", untag: "UntagResource" },
  forceNew: [...OWN_CERTIFICATE, "domain_name"],
  sensitive: ["certificate_private_key"],
  computedBlocks: ["endpoint_configuration"],
  refused: REFUSED,
  relations: {
    conflictsWith: {
      ...Object.fromEntries(OWN_CERTIFICATE.map((name) => [name, BY_ARN])),
      certificate_arn: [
        ...["certificate_body", "certificate_chain", "certificate_name", "certificate_private_key"],
        ...["regional_certificate_arn", "regional_certificate_name"],
      ],
      certificate_name: [...BY_ARN, "regional_certificate_name"],
      regional_certificate_arn: [
        ...["certificate_arn", "certificate_body", "certificate_chain", "certificate_name", "certificate_private_key"],
        "regional_certificate_name",
      ],
      regional_certificate_name: ["certificate_arn", "certificate_name", "regional_certificate_arn"],
    },
  },
  validate(config) {
    const [endpoint] = blocks(config, "endpoint_configuration");
    // Without one, API Gateway makes an edge-optimized domain.
    requireServed(
      endpoint === undefined ? ["EDGE"] : texts(endpoint, "types"),
      optionalText(config, "security_policy"),
    );
  },
  create: "CreateDomainName",
  read: "GetDomainName",
  refine: ({ domain_name = null }, _output, { region }) => ({
    arn: `arn:aws:apigateway:${region}::/domainnames/${domain_name}`,
    cloudfront_zone_id: "Z2FDTNDATAQYW2",
  }),
  update: async (planned, prior, aws) => {
    const patchOperations = differences(endpointOf(planned), endpointOf(prior), {
      address: ADDRESS,
      regional_certificate_arn: "/regionalCertificateArn",
      security_policy: "/securityPolicy",
      type: ENDPOINT_TYPE,
    });
    await aws.call("UpdateDomainName", { domainName: planned["id"], patchOperations });
  },
  delete: "DeleteDomainName",
});
