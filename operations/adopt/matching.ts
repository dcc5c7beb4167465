/** Which resources of a synthesized stack exist already: import ids, what each keeps, and what a deployment changes. Pure. */
import type { Integration, Method } from "@aws-sdk/client-api-gateway";
import type { AdoptedStack } from "../../constructs/contract/adopted";
import {
  type Attributes,
  referencesIn,
  type StackJson,
  type StackResource,
} from "../../constructs/contract/stack-json";
import type { LeftResource } from "../deployed/left-state";
import { type AdoptedAccess, isTokenMinutes, tokenMinutes, unescapedPath } from "./adopted-access";
import {
  type ExistingFunction,
  type ExistingLogGroup,
  type ExistingSystem,
  logGroupIn,
  type Permission,
} from "./existing-system";

/** A difference between an existing resource and the stack, which the first deployment removes. */
export interface Change {
  readonly address: string;
  readonly attribute: string;
  /** As JSON. */
  readonly from: string;
  readonly to: string;
}

/** What is known of a stack's resources. */
export interface Matching {
  readonly adopted: AdoptedStack;
  /** The resources as Terraform's state will have them, as far as is known. */
  readonly left: readonly LeftResource[];
  /** Addresses that are imported, in the order of the stack. */
  readonly imported: readonly string[];
  /** Addresses that the first deployment creates. */
  readonly created: readonly string[];
  readonly changes: readonly Change[];
}

/** An existing resource. */
interface Existing {
  readonly id: string;
  /** Attributes that identify it, in Terraform's words. */
  readonly values: Attributes;
  /** Attributes that the stack must not change; those that are undefined, or equal, are left out, and null unsets one. */
  readonly keep?: Attributes;
  /** Attributes that Terraform must leave as they are. */
  readonly ignore?: readonly string[];
  /** Attributes that the first deployment changes where they differ. */
  readonly changes?: Attributes;
}

/**
 * @param stack the environment's stack, synthesized without adopted.json
 */
export function matchStack(stack: StackJson, system: ExistingSystem, access: AdoptedAccess): Matching {
  const matcher = new Matcher(stack, system, access);
  const found = stack.resources.map((resource) => [resource, matcher.find(resource)] as const);
  const imports: Record<string, string> = {};
  const keep: Record<string, Record<string, never>> = {};
  const ignore: Record<string, string[]> = {};
  const left: LeftResource[] = [];
  const changes: Change[] = [];
  for (const [resource, existing] of found) {
    const address = `${resource.type}.${resource.name}`;
    const { attributes } = resource;
    const kept = Object.entries(existing?.keep ?? {}).filter(([name, value]) => !isSame(value, attributes[name]));
    if (kept.length > 0) keep[address] = Object.fromEntries(kept) as Record<string, never>;
    if (existing?.id === undefined) continue;
    imports[address] = existing.id;
    if (existing.ignore !== undefined && existing.ignore.length > 0) ignore[address] = [...existing.ignore];
    left.push({ address, type: resource.type, values: { region: system.region, ...existing.values } });
    for (const [attribute, value] of Object.entries(existing.changes ?? {})) {
      const to = attributes[attribute];
      // The provider leaves what the stack does not set as it is.
      if (to === undefined || isSame(value, to)) continue;
      changes.push({ address, attribute, from: JSON.stringify(value), to: JSON.stringify(to) });
    }
  }
  const ofAws = found.filter(([{ type }]) => type.startsWith("aws_"));
  const addresses = ofAws.map(([{ type, name }, existing]) => ({ address: `${type}.${name}`, existing }));
  return {
    adopted: { imports, keep, ignore },
    left,
    imported: addresses.filter(({ existing }) => existing?.id).map(({ address }) => address),
    created: addresses.filter(({ existing }) => !existing?.id).map(({ address }) => address),
    changes,
  };
}

/** What there is of a resource: without an id it does not exist, but keeps attributes. */
type Found = Existing | (Omit<Existing, "id" | "values"> & { readonly id?: undefined }) | undefined;

class Matcher {
  private readonly roles: ReadonlyMap<string, number>;
  private readonly taken = new Set<string>();

  constructor(
    private readonly stack: StackJson,
    private readonly system: ExistingSystem,
    private readonly access: AdoptedAccess,
  ) {
    const arns = [...access.functions.values()].map(({ role }) => role?.Arn ?? "");
    this.roles = new Map(arns.map((arn) => [arn, arns.filter((one) => one === arn).length]));
  }

  find(resource: StackResource): Found {
    return FINDERS[resource.type]?.call(this, resource);
  }

  pool(): Found {
    const { pool } = this.system;
    return {
      id: pool.Id,
      values: { id: pool.Id, arn: pool.Arn },
      keep: { name: pool.Name, user_pool_tier: pool.UserPoolTier, tags: tagsOf(pool.UserPoolTags) },
      ignore: settingsForUsers(pool),
      changes: { deletion_protection: pool.DeletionProtection ?? "INACTIVE" },
    };
  }

  domain({ attributes: { domain } }: StackResource): Found {
    const found = this.system.domains.find(({ name }) => name === domain);
    return found && { id: found.name, values: { domain, user_pool_id: this.system.pool.Id } };
  }

  resourceServer({ attributes: { identifier } }: StackResource): Found {
    const found = this.system.resourceServers.find(({ Identifier }) => Identifier === identifier);
    if (found === undefined) return undefined;
    const { Id: pool } = this.system.pool;
    return { id: `${pool}|${identifier}`, values: { identifier, user_pool_id: pool }, keep: { name: found.Name } };
  }

  client({ attributes: { name } }: StackResource): Found {
    const found = this.access.clients.get(String(name));
    if (found === undefined) return undefined;
    const { Id: pool } = this.system.pool;
    const minutes = tokenMinutes(found);
    const units = found.TokenValidityUnits ?? {};
    const lifetime = isTokenMinutes(minutes)
      ? {}
      : {
          access_token_validity: found.AccessTokenValidity,
          token_validity_units: [
            { access_token: units.AccessToken ?? "hours", id_token: "minutes", refresh_token: "days" },
          ],
        };
    return {
      id: `${pool}/${found.ClientId}`,
      values: { id: found.ClientId, user_pool_id: pool, name: found.ClientName },
      // Cognito does not return it: the import leaves it unset, and setting it would replace the client.
      keep: { name: found.ClientName, generate_secret: null, ...lifetime },
      changes: {
        explicit_auth_flows: (found.ExplicitAuthFlows ?? []).toSorted(),
        prevent_user_existence_errors: found.PreventUserExistenceErrors ?? "LEGACY",
        enable_token_revocation: found.EnableTokenRevocation ?? false,
      },
    };
  }

  api(): Found {
    const { api } = this.system;
    const { types = [], vpcEndpointIds: ids } = api.endpointConfiguration ?? {};
    const endpoint =
      types.join() === "REGIONAL" ? undefined : [{ types, ...(ids === undefined ? {} : { vpc_endpoint_ids: ids }) }];
    return {
      id: api.id,
      values: { id: api.id, arn: `arn:${this.system.partition}:apigateway:${this.system.region}::/restapis/${api.id}` },
      keep: {
        name: api.name,
        description: some(api.description),
        endpoint_configuration: endpoint,
        binary_media_types: some(api.binaryMediaTypes),
        minimum_compression_size: api.minimumCompressionSize?.toString(),
        api_key_source: api.apiKeySource === "AUTHORIZER" ? "AUTHORIZER" : undefined,
        disable_execute_api_endpoint: api.disableExecuteApiEndpoint || undefined,
        tags: tagsOf(api.tags),
      },
    };
  }

  resource({ type, name }: StackResource): Found {
    const found = this.resourceAt(this.stack.apiPath(`\${${type}.${name}.id}`));
    if (found?.id === undefined) return undefined;
    return this.inApi(found.id, { id: found.id, path: found.path });
  }

  method(resource: StackResource): Found {
    const at = this.methodOf(resource.attributes, resource);
    return at && this.inApi(`${at.resourceId}/${at.verb}`, { resource_id: at.resourceId, http_method: at.verb });
  }

  integration({ attributes }: StackResource): Found {
    const at = this.methodOf(attributes);
    const found = at?.method.methodIntegration;
    if (at === undefined || found === undefined) return undefined;
    return {
      ...this.inApi(`${at.resourceId}/${at.verb}`, { resource_id: at.resourceId, http_method: at.verb }),
      keep: keptByIntegration(found, attributes),
      changes: { timeout_milliseconds: found.timeoutInMillis },
    };
  }

  methodResponse({ attributes }: StackResource): Found {
    return this.response(attributes, ({ methodResponses }) => methodResponses);
  }

  integrationResponse({ attributes }: StackResource): Found {
    return this.response(attributes, ({ methodIntegration }) => methodIntegration?.integrationResponses);
  }

  gatewayResponse({ attributes: { response_type } }: StackResource): Found {
    const isThere = this.system.gatewayResponses.some(({ responseType }) => responseType === response_type);
    return isThere ? this.inApi(String(response_type), { response_type }) : undefined;
  }

  authorizer(): Found {
    const { id = "", name, authorizerResultTtlInSeconds: ttl, identityValidationExpression } = this.access.authorizer;
    return {
      ...this.inApi(id, { id }),
      keep: {
        name,
        authorizer_result_ttl_in_seconds: ttl === 300 ? undefined : ttl,
        identity_validation_expression: some(identityValidationExpression),
      },
    };
  }

  stage(): Found {
    const { stage } = this.system;
    const destination = stage.accessLogSettings?.destinationArn;
    const log =
      destination === undefined || logGroupIn(destination) !== undefined ? undefined : stage.accessLogSettings;
    return {
      ...this.inApi(stage.stageName, { stage_name: stage.stageName }),
      keep: {
        description: some(stage.description),
        variables: some(stage.variables),
        client_certificate_id: some(stage.clientCertificateId),
        cache_cluster_enabled: stage.cacheClusterEnabled || undefined,
        cache_cluster_size: stage.cacheClusterEnabled ? stage.cacheClusterSize : undefined,
        documentation_version: some(stage.documentationVersion),
        access_log_settings: log && [{ destination_arn: log.destinationArn, format: log.format }],
        tags: tagsOf(stage.tags),
      },
    };
  }

  methodSettings({ attributes: { method_path } }: StackResource): Found {
    const { stageName, methodSettings = {} } = this.system.stage;
    const path = String(method_path);
    const key = Object.keys(methodSettings).find((one) => unescapedPath(one) === unescapedPath(path));
    if (key === undefined) return undefined;
    // The provider finds settings by the very key that AWS has, with or without the first slash.
    const values = { stage_name: stageName, method_path: key };
    return { ...this.inApi(`${stageName}/${key}`, values), keep: { method_path: key } };
  }

  function(resource: StackResource): Found {
    const found = this.functionOf(resource);
    if (found === undefined) return undefined;
    const { configuration, name, tags } = found;
    const { EphemeralStorage, DeadLetterConfig, KMSKeyArn, Description } = configuration;
    const size = EphemeralStorage?.Size ?? 512;
    return {
      id: name,
      values: { function_name: name, arn: configuration.FunctionArn },
      keep: {
        function_name: name,
        // Several functions with one role keep it: its permissions are for all of them.
        role: this.isShared(found) ? configuration.Role : undefined,
        description: some(Description),
        ephemeral_storage: size === 512 ? undefined : [{ size }],
        dead_letter_config: DeadLetterConfig?.TargetArn ? [{ target_arn: DeadLetterConfig.TargetArn }] : undefined,
        kms_key_arn: some(KMSKeyArn),
        tags: tagsOf(tags),
      },
      changes: {
        handler: configuration.Handler,
        runtime: configuration.Runtime,
        timeout: configuration.Timeout,
        memory_size: configuration.MemorySize,
      },
    };
  }

  role(resource: StackResource): Found {
    const found = this.functionOf(resource);
    if (found?.role === undefined || this.isShared(found)) return undefined;
    const { RoleName, Path = "/", Description, MaxSessionDuration, PermissionsBoundary, Tags = [] } = found.role;
    return {
      id: RoleName ?? "",
      values: { name: RoleName, arn: found.role.Arn },
      keep: {
        name: RoleName,
        path: Path === "/" ? undefined : Path,
        description: some(Description),
        max_session_duration: MaxSessionDuration === 3600 ? undefined : MaxSessionDuration,
        permissions_boundary: some(PermissionsBoundary?.PermissionsBoundaryArn),
        tags: tagsOf(Object.fromEntries(Tags.map(({ Key = "", Value = "" }) => [Key, Value]))),
      },
    };
  }

  rolePolicy(resource: StackResource): Found {
    const found = this.functionOf(resource);
    const name = String(resource.attributes["name"]);
    if (found?.role === undefined || this.isShared(found) || !found.role.inlinePolicies.includes(name))
      return undefined;
    const { RoleName: role } = found.role;
    return { id: `${role}:${name}`, values: { role, name } };
  }

  logGroup(resource: StackResource): Found {
    if (/\/api\/access-log\/group$/.test(resource.path ?? "")) return foundLogGroup(this.system.accessLogGroup);
    const found = this.functionOf(resource);
    if (found === undefined) return undefined;
    const name = found.configuration.LoggingConfig?.LogGroup ?? `/aws/lambda/${found.name}`;
    // Two groups of one stack cannot be the same.
    if (this.taken.has(name)) return undefined;
    this.taken.add(name);
    return foundLogGroup(found.logGroup) ?? { keep: { name } };
  }

  permission({ attributes: { function_name, source_arn } }: StackResource): Found {
    const [reference = ""] = referencesIn(function_name, "aws_lambda_function");
    const fn = this.stack.resourceOf("aws_lambda_function", reference);
    const found = fn && this.functionOf(fn);
    const { partition, region, account, api } = this.system;
    const arn = `arn:${partition}:execute-api:${region}:${account}:${api.id}`;
    const wanted = String(source_arn).replace(/^\$\{[^}]*\}/, arn);
    const statement = found?.permissions.find((one) => isPermission(one, wanted));
    if (found === undefined || statement === undefined) return undefined;
    return {
      id: `${found.name}/${statement.Sid}`,
      values: { function_name: found.name, statement_id: statement.Sid },
    };
  }

  private inApi(rest: string, values: Attributes): Existing {
    const { id } = this.system.api;
    return { id: `${id}/${rest}`, values: { ...values, rest_api_id: id } };
  }

  private resourceAt(path: string | undefined) {
    return this.system.resources.find((one) => one.path === path);
  }

  /** The existing method that a method, or a part of one, is about. */
  private methodOf({ resource_id, http_method }: Attributes, own?: StackResource) {
    const [name = own?.name ?? ""] = referencesIn(http_method, "aws_api_gateway_method", "http_method");
    const { attributes = {} } = this.stack.resourceOf("aws_api_gateway_method", name) ?? {};
    const verb = String(attributes["http_method"]);
    const resource = this.resourceAt(this.stack.apiPath(this.resourceId(resource_id, attributes)));
    const method = resource?.resourceMethods?.[verb];
    return resource?.id === undefined || method === undefined ? undefined : { resourceId: resource.id, verb, method };
  }

  /** An integration refers to the resource of its method. */
  private resourceId(value: unknown, method: Attributes): unknown {
    return referencesIn(value, "aws_api_gateway_method", "resource_id").length > 0 ? method["resource_id"] : value;
  }

  private response(
    attributes: Attributes,
    of: (method: Method) => Readonly<Record<string, unknown>> | undefined,
  ): Found {
    const at = this.methodOf(attributes);
    const [reference = ""] = referencesIn(attributes["status_code"], "aws_api_gateway_method_response", "status_code");
    const referred = this.stack.resourceOf("aws_api_gateway_method_response", reference);
    const status = String((referred?.attributes ?? attributes)["status_code"]);
    if (at === undefined || of(at.method)?.[status] === undefined) return undefined;
    const values = { resource_id: at.resourceId, http_method: at.verb, status_code: status };
    return this.inApi(`${at.resourceId}/${at.verb}/${status}`, values);
  }

  private functionOf({ path = "" }: StackResource): ExistingFunction | undefined {
    const [, name = ""] = /\/functions\/([^/]+)\//.exec(path) ?? [];
    return this.access.functions.get(name);
  }

  private isShared({ role }: ExistingFunction): boolean {
    return (this.roles.get(role?.Arn ?? "") ?? 0) > 1;
  }
}

const FINDERS: Readonly<Record<string, (this: Matcher, resource: StackResource) => Found>> = {
  aws_api_gateway_authorizer: Matcher.prototype.authorizer,
  aws_api_gateway_gateway_response: Matcher.prototype.gatewayResponse,
  aws_api_gateway_integration: Matcher.prototype.integration,
  aws_api_gateway_integration_response: Matcher.prototype.integrationResponse,
  aws_api_gateway_method: Matcher.prototype.method,
  aws_api_gateway_method_response: Matcher.prototype.methodResponse,
  aws_api_gateway_method_settings: Matcher.prototype.methodSettings,
  aws_api_gateway_resource: Matcher.prototype.resource,
  aws_api_gateway_rest_api: Matcher.prototype.api,
  aws_api_gateway_stage: Matcher.prototype.stage,
  aws_cloudwatch_log_group: Matcher.prototype.logGroup,
  aws_cognito_resource_server: Matcher.prototype.resourceServer,
  aws_cognito_user_pool: Matcher.prototype.pool,
  aws_cognito_user_pool_client: Matcher.prototype.client,
  aws_cognito_user_pool_domain: Matcher.prototype.domain,
  aws_iam_role: Matcher.prototype.role,
  aws_iam_role_policy: Matcher.prototype.rolePolicy,
  aws_lambda_function: Matcher.prototype.function,
  aws_lambda_permission: Matcher.prototype.permission,
};

/** The provider replaces an integration to change these. */
function keptByIntegration(found: Integration, wanted: Attributes): Attributes {
  const isWritten = wanted["passthrough_behavior"] !== undefined;
  return {
    passthrough_behavior: isWritten ? found.passthroughBehavior : undefined,
    credentials: some(found.credentials),
    content_handling: some(found.contentHandling),
    cache_key_parameters: some(found.cacheKeyParameters),
  };
}

function foundLogGroup(group: ExistingLogGroup | undefined): Found {
  if (group === undefined) return undefined;
  const { name, kmsKeyId, tags, retentionDays = 0 } = group;
  return {
    id: name,
    values: { name },
    keep: { name, kms_key_id: some(kmsKeyId), tags: tagsOf(tags) },
    changes: { retention_in_days: retentionDays },
  };
}

/** Whether it lets API Gateway invoke the function for exactly that source. */
function isPermission({ Effect, Principal, Action, Condition }: Permission, sourceArn: string): boolean {
  const principal = Principal as { readonly Service?: unknown } | null;
  return (
    Effect === "Allow" &&
    principal?.Service === "apigateway.amazonaws.com" &&
    Action === "lambda:InvokeFunction" &&
    isSame(Condition, { ArnLike: { "AWS:SourceArn": sourceArn } })
  );
}

/** Attributes of a pool about users, which access.yaml does not have: those that are set stay. */
function settingsForUsers(pool: ExistingSystem["pool"]): readonly string[] {
  const isCustom = (pool.SchemaAttributes ?? []).some(({ Name = "" }) => /^(custom|dev):/.test(Name));
  const isSet: Readonly<Record<string, unknown>> = {
    admin_create_user_config:
      pool.AdminCreateUserConfig?.AllowAdminCreateUserOnly !== true ||
      pool.AdminCreateUserConfig.InviteMessageTemplate !== undefined,
    alias_attributes: pool.AliasAttributes,
    auto_verified_attributes: pool.AutoVerifiedAttributes,
    device_configuration: pool.DeviceConfiguration,
    email_configuration: pool.EmailConfiguration?.SourceArn,
    email_verification_message: pool.EmailVerificationMessage,
    email_verification_subject: pool.EmailVerificationSubject,
    lambda_config: pool.LambdaConfig,
    mfa_configuration: pool.MfaConfiguration === "OFF" ? undefined : pool.MfaConfiguration,
    schema: isCustom,
    sms_authentication_message: pool.SmsAuthenticationMessage,
    sms_configuration: pool.SmsConfiguration,
    sms_verification_message: pool.SmsVerificationMessage,
    user_attribute_update_settings: pool.UserAttributeUpdateSettings?.AttributesRequireVerificationBeforeUpdate,
    user_pool_add_ons: pool.UserPoolAddOns,
    username_attributes: pool.UsernameAttributes,
    username_configuration: pool.UsernameConfiguration,
  };
  return Object.entries(isSet).flatMap(([name, value]) => (some(value) === undefined ? [] : [name]));
}

/** The value, unless it is empty. */
function some<Value>(value: Value): Value | undefined {
  if (value === undefined || value === null || value === "" || value === false) return undefined;
  return typeof value === "object" && Object.keys(value).length === 0 ? undefined : value;
}

/** Without those that AWS adds. */
function tagsOf(tags: Readonly<Record<string, string>> | undefined): Attributes | undefined {
  return some(Object.fromEntries(Object.entries(tags ?? {}).filter(([key]) => !/^aws:/i.test(key))));
}

function isSame(one: unknown, other: unknown): boolean {
  return one === undefined || JSON.stringify(one) === JSON.stringify(other);
}
