/**
 * What a row of the tables of unmanaged resources has: how AWS lists them, which of them are the stack's own, and the
 * command that removes one. Unmanaged resources are in or on a resource of the stack, its holder, and no plan shows them.
 */
import { type Aws, poolRegion } from "../../platform/aws";
import { quoted } from "../../platform/shell";
import type { Finding, Severity } from "../plan-file/finding";
import { type LeftResource, regionOf, textIn } from "./left-state";
import type { SecretReader } from "./secret-age";

/** Holders by Terraform's type: their service and option in the AWS CLI, and how other resources refer to them. */
const HOLDERS = {
  aws_api_gateway_rest_api: { service: "apigateway", option: "rest-api-id", ids: ["id"], link: "rest_api_id" },
  aws_api_gateway_usage_plan: { service: "apigateway", option: "usage-plan-id", ids: ["id"], link: "usage_plan_id" },
  aws_cognito_user_pool: { service: "cognito-idp", option: "user-pool-id", ids: ["id"], link: "user_pool_id" },
  aws_cognito_user_pool_client: { service: "cognito-idp", option: "client-id", ids: ["id"], link: "client_id" },
  aws_lambda_function: {
    service: "lambda",
    option: "function-name",
    ids: ["function_name", "arn"],
    link: "function_name",
  },
  aws_iam_role: { service: "iam", option: "role-name", ids: ["name"], link: "role" },
  aws_cloudwatch_log_group: { service: "logs", option: "log-group-name", ids: ["name"], link: "log_group_name" },
  aws_secretsmanager_secret: {
    service: "secretsmanager",
    option: "secret-id",
    ids: ["name", "arn"],
    link: "secret_arn",
  },
} as const;

type HolderType = keyof typeof HOLDERS;

/** An operation of the AWS CLI, such as `logs delete-metric-filter`, with options other than region and holder. */
type Operation = readonly [name: string, options?: Readonly<Record<string, string | readonly string[] | undefined>>];

/**
 * One kind of unmanaged resources.
 *
 * @example
 *
 *     kind({
 *       on: "aws_cloudwatch_log_group",
 *       attribute: "metric_filter",
 *       severity: "info",
 *       list: async ({ aws, id }) => itemsOf((await aws.logs()).paginateDescribeMetricFilters({ … }), …),
 *       key: ({ filterName }) => filterName,
 *       managed: (holder) => holder.own("aws_cloudwatch_log_metric_filter", "name"),
 *       shown: ({ filterName, filterPattern }) => ({ name: filterName, pattern: filterPattern }),
 *       undo: ({ filterName }) => ["logs delete-metric-filter", { "filter-name": filterName }],
 *     })
 */
export interface UnmanagedKind<Item = unknown> {
  readonly on: HolderType;
  /** Name in findings. */
  readonly attribute: string;
  /** `critical` where it changes who gets in. */
  readonly severity: Severity;
  /** Whether findings without it would mislead: AWS's refusal of the list is an error, not a note. */
  readonly isRequired?: boolean;
  /** Whether AWS refuses to delete the holder, or something of the stack within it, as long as it exists. */
  readonly isBlocking?: true;
  list(holder: Holder): Promise<readonly Item[] | undefined>;
  /** Key of an item, in the form of {@link managed}. */
  key(item: Item, holder: Holder): string | undefined;
  /** Keys of the stack's own. */
  managed(holder: Holder): readonly string[];
  /** What of an item is printed, as JSON. No secrets. */
  shown(item: Item): unknown;
  /** What removes an item; `undefined` where a deployment has to come first. A text is a command of another program. */
  undo(item: Item, holder: Holder): Operation | string | undefined | Promise<Operation | undefined>;
  /** More of the finding. */
  more?(item: Item, holder: Holder): Partial<Finding> | Promise<Partial<Finding>>;
}

/** The row as it is; its item's type is that of its list. */
export function kind<Item>(row: UnmanagedKind<Item>): UnmanagedKind {
  return row;
}

/** A resource of the stack, as Terraform left it, in which AWS may hold more. */
export class Holder {
  private readonly answers = new Map<string, Promise<unknown>>();
  readonly region: string;
  /** By which AWS's API names it. */
  readonly id: string;
  private readonly type: (typeof HOLDERS)[HolderType];

  /**
   * @param left all that Terraform left
   * @param written names of the attributes that the code sets on the holder
   * @param environment its name, for commands
   */
  constructor(
    readonly resource: LeftResource,
    readonly left: readonly LeftResource[],
    private readonly written: readonly string[],
    readonly environment: string,
    clients: (region: string) => Aws,
    readonly secrets: SecretReader,
  ) {
    this.type = HOLDERS[resource.type as HolderType];
    this.id = textIn(resource, this.type.ids[0]);
    this.region = regionOf(resource) || poolRegion(textIn(resource, "user_pool_id")) || "us-east-1";
    this.aws = clients(this.region);
  }

  readonly aws: Aws;

  /** Whether the code sets the attribute itself. */
  isWritten(attribute: string): boolean {
    return this.written.includes(attribute);
  }

  /** Of the stack's resources of a type that belong to the holder: their attributes, joined by spaces. */
  own(type: string, ...attributes: readonly string[]): readonly string[] {
    const ids = this.type.ids.map((name) => textIn(this.resource, name));
    const own = this.left.filter((one) => one.type === type && ids.includes(textIn(one, this.type.link)));
    return own.map((one) => attributes.map((name) => textIn(one, name)).join(" "));
  }

  /** As {@link own}, of resources that do not name their holder. */
  all(type: string, ...attributes: readonly string[]): readonly string[] {
    return this.left
      .filter((one) => one.type === type)
      .map((one) => attributes.map((name) => textIn(one, name)).join(" "));
  }

  /** A response of AWS that several kinds use, read once. */
  once<Answer>(name: string, read: () => Promise<Answer>): Promise<Answer> {
    const answer = this.answers.get(name) ?? read();
    this.answers.set(name, answer);
    return answer as Promise<Answer>;
  }

  /** The operation as a command of the AWS CLI. */
  command([name, options = {}]: Operation): string {
    const service = name.split(" ")[0];
    const region = service === "iam" ? {} : { region: this.region };
    const holder = service === this.type.service ? { [this.type.option]: this.id } : {};
    const words = Object.entries({ ...region, ...holder, ...options }).map(([option, value = ""]) =>
      [`--${option}`, ...[value].flat().map(quoted)].join(" "),
    );
    return [`aws ${name}`, ...words].join(" ");
  }
}

/** The lists in all pages, as one. @param name the member that holds the list */
export async function itemsOf<Name extends string, Item>(
  pages: AsyncIterable<{ readonly [member in Name]?: readonly Item[] | undefined }>,
  name: Name,
): Promise<readonly Item[]> {
  const found: Item[] = [];
  for await (const page of pages) found.push(...(page[name] ?? []));
  return found;
}
