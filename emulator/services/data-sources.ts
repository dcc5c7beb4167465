/** All data sources of the embedded AWS, by Terraform type: who and where one is, and policy documents. */

import { regionNames } from "../account/regions";
import { AwsError } from "../errors";
import type { Attributes } from "../terraform/attributes";
import { type DataSource, defineDataSource } from "../terraform/data-source";
import { apigatewayDataSources } from "./apigateway";
import { cognitoDataSources } from "./cognito/data-sources";
import { policyDocument } from "./iam/policy-document";
import { callerIdentity } from "./sts";

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/data-sources/partition */
const partition = defineDataSource("aws_partition", {
  isOfFramework: true,
  read: () => ({
    id: "aws",
    partition: "aws",
    dns_suffix: "amazonaws.com",
    reverse_dns_prefix: "com.amazonaws",
  }),
});

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/data-sources/region */
const region = defineDataSource("aws_region", {
  isOfFramework: true,
  read: (config, aws) => readRegion(config, aws.region),
});

function readRegion(config: Attributes, providerRegion: string): Attributes {
  const given = (name: string) => (typeof config[name] === "string" ? config[name] : undefined);
  const endpoint = given("endpoint");
  const byEndpoint = [...regionNames.keys()].find((id) => endpointOf(id) === endpoint);
  if (endpoint !== undefined && byEndpoint === undefined) throw notFound("endpoint", endpoint);
  const byName = given("region") ?? given("name");
  const id = byName ?? byEndpoint ?? providerRegion;
  const description = regionNames.get(id);
  if (description === undefined) throw notFound("name", id);
  if (byEndpoint !== undefined && byEndpoint !== id) {
    throw new AwsError("multiple Regions matched", "use additional constraints to reduce matches to a single Region");
  }
  return { id, name: id, region: id, endpoint: endpointOf(id), description };
}

const endpointOf = (region: string) => `ec2.${region}.amazonaws.com`;

const notFound = (by: string, value: string) =>
  new AwsError(`finding Region by ${by} (${value})`, "couldn't find resource");

const all = [...apigatewayDataSources, callerIdentity, ...cognitoDataSources, policyDocument, partition, region];

/** Sorted by type, as they are listed to people. */
export const dataSources: ReadonlyMap<string, DataSource> = new Map(
  all.map((source) => [source.type, source] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
);
