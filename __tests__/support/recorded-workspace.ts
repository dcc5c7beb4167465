/**
 * A workspace that notes what IAM would have to allow for each operation that Terraform calls: actions, ARNs and condition
 * keys as the service authorization reference has them.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
import type { ServiceDefinition } from "../../emulator/protocols/service";
import type { LifecyclePlace } from "../../emulator/terraform/lifecycle";
import type { IamRequest } from "./iam-evaluation";
import { functionZip, Workspace } from "./workspace";

type Members = Readonly<Record<string, unknown>>;
type Context = NonNullable<IamRequest["context"]>;

const LIST_OF_TAGS = ["Tags", "tags", "UserPoolTags"];

export class RecordedWorkspace extends Workspace {
  readonly requests: IamRequest[] = [];
  /** Tags of user pools and APIs by id. */
  private readonly tags = new Map<string, Context>();
  private readonly boundaries = new Map<string, string>();

  override get place(): LifecyclePlace {
    const { services, ...place } = super.place;
    const recorded = [...services].map(([name, service]) => [name, this.recorded(service)] as const);
    return { ...place, services: new Map(recorded), readFiles: () => [functionZip] };
  }

  private recorded(service: ServiceDefinition): ServiceDefinition {
    const wrapped = Object.entries(service.operations()).map(([name, operation]) => [
      name,
      async (context: never, input: never) => {
        this.requests.push(...this.requestsOf(service, name, input));
        const output = (await operation(context, input)) as Members;
        this.note(name, input, output);
        return output;
      },
    ]);
    const operations = Object.fromEntries(wrapped);
    return { ...service, operations: () => operations };
  }

  private note(name: string, input: Members, output: Members): void {
    if (name === "CreateUserPool")
      this.tags.set(String((output["UserPool"] as Members)["Id"]), tagsIn(input, "Resource"));
    if (name === "CreateRestApi") this.tags.set(String(output["id"]), tagsIn(input, "Resource"));
    if (name === "CreateRole") this.boundaries.set(String(input["RoleName"]), String(input["PermissionsBoundary"]));
  }

  private requestsOf(service: ServiceDefinition, operation: string, input: Members): readonly IamRequest[] {
    const action = `${service.name}:${operation}`;
    const of = (...names: readonly string[]) => names.flatMap((name) => (input[name] ?? []) as string | string[]);
    const on = (resources: readonly string[], context: Context = {}) =>
      resources.map((resource) => ({ action, resource, context }));
    const arn = (name: string, { region = this.region, in: home = service.name } = {}) =>
      name.startsWith("arn:") ? name : `arn:aws:${home}:${region}:${this.account.id}:${name}`;
    switch (service.name) {
      case "sts":
        return [];
      case "iam":
        return on([arn(`role/${input["RoleName"]}`, { region: "" })], this.boundaryOf(input));
      case "cognito-idp": {
        const [pool] = of("UserPoolId", "ResourceArn");
        const resource = operation === "DescribeUserPoolDomain" || pool === undefined ? "*" : arn(`userpool/${pool}`);
        return on([resource], { ...tagsIn(input, "Request"), ...this.tagsOf(pool) });
      }
      case "lambda": {
        const [name = "*"] = of("FunctionName", "Resource");
        const passed = of("Role").map((resource) => {
          const context = { "iam:PassedToService": ["lambda.amazonaws.com"] };
          return { action: "iam:PassRole", resource, context };
        });
        return [...on([arn(name.startsWith("arn:") ? name : `function:${name}`)]), ...passed];
      }
      case "logs":
        return on([...of("resourceArn"), arn(`log-group:${of("logGroupName").join() || "*"}`)].slice(0, 1));
      case "secretsmanager": {
        const [name = "*"] = of("Name", "SecretId");
        return on([name.startsWith("arn:") ? name : arn(`secret:${name}-AbCdEf`)]);
      }
      case "monitoring": {
        const boards = of("DashboardName", "DashboardNames").map((name) => arn(`dashboard/${name}`, CLOUDWATCH_GLOBAL));
        const alarms = of("AlarmName", "AlarmNames").map((name) => arn(`alarm:${name}`, CLOUDWATCH));
        const all = operation === "DescribeAlarms" ? [arn("alarm:*", CLOUDWATCH)] : [...boards, ...alarms];
        const context = { "cloudwatch:AlarmActions": of("AlarmActions", "OKActions", "InsufficientDataActions") };
        return [...all, ...of("ResourceARN")].map((resource) => ({
          action: `cloudwatch:${operation}`,
          resource,
          context,
        }));
      }
      case "wafv2": {
        const named = of("Name").map((name) => arn(`regional/webacl/${name}/id`));
        const stages = of("ResourceArn");
        const set = operation.endsWith("ssociateWebACL") ? stages : [];
        return [
          ...on([...named, ...of("WebACLArn", "ResourceARN"), ...stages]),
          ...set.map((resource) => ({ action: "apigateway:SetWebACL", resource, context: this.tagsOf(resource) })),
        ];
      }
      case "apigateway":
        return this.requestsOfApiGateway(service, operation, input);
      default:
        throw new Error(`${service.name} has no rule here`);
    }
  }

  /** To tag, AWS requires PATCH on the resource besides PUT on its tags; to create with tags, PUT on tags to come. */
  private requestsOfApiGateway(service: ServiceDefinition, operation: string, input: Members): readonly IamRequest[] {
    const [method = "", uri = ""] = service.model().operations[operation]?.http ?? [];
    const path = uri.replace(/\?.*/, "").replace(/\{(\w+)\+?\}/g, (_all, name: string) => {
      return encodeURIComponent(String(input[name]));
    });
    const root = `arn:aws:apigateway:${this.region}::`;
    const tagged = String(input["resourceArn"] ?? "");
    const context = { ...tagsIn(input, "Request"), ...this.tagsOf(String(input["restApiId"] ?? "")) };
    const own = { action: `apigateway:${method}`, resource: `${root}${path}`, context };
    if (tagged !== "") {
      const isChange = method !== "GET";
      return [
        { ...own, context: {} },
        ...(isChange ? [{ action: "apigateway:PATCH", resource: tagged, context: this.tagsOf(tagged) }] : []),
      ];
    }
    if (input["tags"] === undefined) return [own];
    const all = encodeURIComponent(`${root}${path}/`);
    return [own, { action: "apigateway:PUT", resource: `${root}/tags/${all}*`, context: {} }];
  }

  private tagsOf(name = ""): Context {
    return [...this.tags].find(([id]) => name.includes(id))?.[1] ?? {};
  }

  private boundaryOf({ RoleName, PermissionsBoundary }: Members): Context {
    const found = PermissionsBoundary ?? this.boundaries.get(String(RoleName));
    return found === undefined ? {} : { "iam:PermissionsBoundary": [String(found)] };
  }
}

const CLOUDWATCH = { in: "cloudwatch" };
const CLOUDWATCH_GLOBAL = { in: "cloudwatch", region: "" };

function tagsIn(input: Members, of: "Request" | "Resource"): Context {
  const found = LIST_OF_TAGS.map((name) => input[name]).find((tags) => tags !== undefined) ?? {};
  const pairs = Array.isArray(found)
    ? found.map(({ Key, Value }): [string, string] => [Key, Value])
    : Object.entries(found as Readonly<Record<string, string>>);
  return Object.fromEntries(pairs.map(([key, value]) => [`aws:${of}Tag/${key}`, [value]]));
}
