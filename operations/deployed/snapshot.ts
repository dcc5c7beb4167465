/**
 * The deployed snapshot of an API, which Terraform cannot see: what its stage answers with, by its own export.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetExport.html
 */
import { z } from "zod";
import { type Aws, aws, unlessMissing } from "../../platform/aws";
import type { ApiMethod } from "./api-method";

/** A stage of a REST API. */
export interface Stage {
  readonly region: string;
  readonly restApiId: string;
  readonly stageName: string;
}

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "x-amazon-apigateway-any-method"];
const ANY = "x-amazon-apigateway-any-method";

/** Demanded beside the authorizer of a method with an API key. */
const API_KEY = "api_key";

const operation = z.object({
  security: z.array(z.record(z.string(), z.array(z.string()))).default([]),
  "x-amazon-apigateway-integration": z
    .object({ type: z.string().default(""), uri: z.string().default("") })
    .default({ type: "", uri: "" }),
});

const scheme = z.object({
  name: z.string().default(""),
  "x-amazon-apigateway-authtype": z.string().optional(),
  "x-amazon-apigateway-authorizer": z
    .object({ type: z.string().optional(), providerARNs: z.array(z.string()).default([]) })
    .optional(),
});

const exported = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  components: z.object({ securitySchemes: z.record(z.string(), scheme).default({}) }).default({ securitySchemes: {} }),
});

type Schemes = z.infer<typeof exported>["components"]["securitySchemes"];

/**
 * The methods that a stage answers with, by route; `undefined` when there is no such stage.
 * @throws {AwsError} naming the permission when AWS refuses
 */
export async function readSnapshot(
  { region, restApiId, stageName }: Stage,
  clients: (region: string) => Aws = aws,
): Promise<ReadonlyMap<string, ApiMethod> | undefined> {
  const gateway = await clients(region).apiGateway();
  const parameters = { extensions: "authorizers,integrations" };
  const input = { restApiId, stageName, exportType: "oas30", accepts: "application/json", parameters };
  const found = await unlessMissing(gateway.getExport(input));
  return found && snapshotOf(JSON.parse(Buffer.from(found.body ?? []).toString()));
}

/** The methods in an export, by route. @throws {z.ZodError} when it is none */
export function snapshotOf(json: unknown): ReadonlyMap<string, ApiMethod> {
  const { paths, components } = exported.parse(json);
  return new Map(
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([method]) => METHODS.includes(method))
        .map(([method, json]): readonly [string, ApiMethod] => {
          const verb = method === ANY ? "ANY" : method.toUpperCase();
          return [`${verb} ${path}`, methodOf(operation.parse(json), components.securitySchemes)];
        }),
    ),
  );
}

function methodOf(
  { security, "x-amazon-apigateway-integration": integration }: z.infer<typeof operation>,
  schemes: Schemes,
): ApiMethod {
  const demanded = security.flatMap((one) => Object.entries(one)).find(([name]) => name !== API_KEY);
  const authorizer = demanded === undefined ? undefined : schemes[demanded[0]];
  return {
    authorization: demanded === undefined ? "NONE" : authorizationOf(authorizer),
    authorization_scopes: (demanded?.[1] ?? []).toSorted(),
    token_header: authorizer?.name ?? "",
    provider_arns: (authorizer?.["x-amazon-apigateway-authorizer"]?.providerARNs ?? []).toSorted(),
    integration_type: integration.type.toUpperCase(),
    integration_uri: integration.uri,
  };
}

function authorizationOf(authorizer: Schemes[string] | undefined): string {
  const kind = authorizer?.["x-amazon-apigateway-authorizer"]?.type ?? authorizer?.["x-amazon-apigateway-authtype"];
  return kind === undefined ? "another authorizer" : kind.toUpperCase();
}
