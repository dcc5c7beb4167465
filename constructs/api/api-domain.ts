/** A host of one's own in front of an API. */
import { ApiGatewayBasePathMapping } from "@cdktf/provider-aws/lib/api-gateway-base-path-mapping";
import { ApiGatewayDomainName } from "@cdktf/provider-aws/lib/api-gateway-domain-name";
import type { ApiGatewayStage } from "@cdktf/provider-aws/lib/api-gateway-stage";
import { Construct } from "constructs";
import type { CustomDomain } from "../../access/access-model";

/** What the DNS record of a domain points to: an alias or a CNAME. Both are known after apply. */
export interface DomainTarget {
  /** Host of API Gateway, such as `d-abc123.execute-api.eu-west-1.amazonaws.com`. */
  readonly name: string;
  /** Id of the Route 53 zone that the host is in, for an alias. */
  readonly zoneId: string;
}

/** Settings of an {@link ApiDomain}. */
export interface ApiDomainProps {
  readonly restApiId: string;
  readonly domain: CustomDomain;
  readonly stage: ApiGatewayStage;
}

/**
 * The domain, with the stage at its root: `https://<domain><path>`, without the stage's name. The DNS record is made
 * where the zone is looked after.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-regional-api-custom-domain-create.html
 */
export class ApiDomain extends Construct {
  readonly target: DomainTarget;

  constructor(scope: Construct, id: string, { restApiId, domain, stage }: ApiDomainProps) {
    super(scope, id);
    const name = new ApiGatewayDomainName(this, "name", {
      domainName: domain.name,
      regionalCertificateArn: domain.certificateArn,
      securityPolicy: "TLS_1_2",
      endpointConfiguration: { types: ["REGIONAL"] },
    });
    new ApiGatewayBasePathMapping(this, "mapping", {
      apiId: restApiId,
      stageName: stage.stageName,
      domainName: name.domainName,
    });
    this.target = { name: name.regionalDomainName, zoneId: name.regionalZoneId };
  }
}
