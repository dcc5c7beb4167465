/**
 * What hangs on the resources of a stack by AWS's own account, whoever made it.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedRolePolicies.html
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUserPoolClients.html
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html
 */
import { z } from "zod";
import { ApiReads } from "./api-reads";
import { AwsReader } from "./aws-read";
import { listIn, nextIn } from "./iam-list";

/** A user pool. */
export interface Pool {
  readonly region: string;
  readonly poolId: string;
}

/** A function. */
export interface LambdaFunction {
  readonly region: string;
  readonly name: string;
}

/** An app client. */
export interface AppClient {
  readonly ClientId: string;
  readonly ClientName: string;
}

/** How an app client gets tokens. */
export type ClientSettings = z.infer<typeof settings>["UserPoolClient"];

/** A statement of a function's policy. */
export type Statement = z.infer<typeof statement>;

const statement = z.looseObject({
  Sid: z.string().default(""),
  Effect: z.string(),
  Principal: z.unknown().optional(),
  Condition: z.unknown().optional(),
});
const policy = z.object({ Statement: z.array(statement) });
const answered = z.object({ Policy: z.string() });
const functionUrl = z.object({ FunctionUrl: z.string(), AuthType: z.string() });
const nextToken = z.string().optional();
const clients = z.object({
  UserPoolClients: z.array(z.object({ ClientId: z.string(), ClientName: z.string() })),
  NextToken: nextToken,
});
const texts = z.array(z.string()).default([]);
const settings = z.object({
  UserPoolClient: z.object({
    AllowedOAuthFlowsUserPoolClient: z.boolean().default(false),
    AllowedOAuthFlows: texts,
    ExplicitAuthFlows: texts,
  }),
});
const described = z.object({
  UserPool: z.object({ IssuerConfiguration: z.object({ Type: z.string().optional() }).optional() }),
});
const servers = z.object({ ResourceServers: z.array(z.object({ Identifier: z.string() })), NextToken: nextToken });
const secrets = z.object({ ClientSecrets: z.array(z.unknown()) });

const COGNITO = "AWSCognitoIdentityProviderService";
const IAM_VERSION = "2010-05-08";
const MOST_CLIENTS = 60;
const MOST_SERVERS = 50;

/** Each of them finds nothing on what is gone, and throws a {@link UserError} when AWS refuses to tell. */
export class AwsReads {
  readonly api: ApiReads;

  constructor(private readonly reader = new AwsReader()) {
    this.api = new ApiReads(reader);
  }

  /** Names of the policies that are written into a role. */
  inlinePolicies(role: string): Promise<readonly string[]> {
    return this.ofRole("ListRolePolicies", role, "PolicyNames", "member");
  }

  /** ARNs of the policies that are attached to a role. */
  attachedPolicies(role: string): Promise<readonly string[]> {
    return this.ofRole("ListAttachedRolePolicies", role, "AttachedPolicies", "PolicyArn");
  }

  /** All app clients of a pool. */
  async appClients(pool: Pool): Promise<readonly AppClient[]> {
    const pages = await this.pages(pool, "ListUserPoolClients", { MaxResults: MOST_CLIENTS }, clients);
    return pages.flatMap(({ UserPoolClients }) => UserPoolClients);
  }

  /** How an app client gets tokens; `undefined` when it is gone. */
  async clientSettings(pool: Pool, clientId: string): Promise<ClientSettings | undefined> {
    const body = await this.cognito(pool, "DescribeUserPoolClient", { ClientId: clientId });
    return body === undefined ? undefined : settings.parse(JSON.parse(body)).UserPoolClient;
  }

  /** Which issuer tokens of a pool carry: `ORIGINAL` or `UPDATED`. */
  async issuerType(pool: Pool): Promise<string> {
    const body = await this.cognito(pool, "DescribeUserPool", {});
    const found = body === undefined ? undefined : described.parse(JSON.parse(body)).UserPool.IssuerConfiguration?.Type;
    return found ?? "ORIGINAL";
  }

  /** Identifiers of all resource servers of a pool. */
  async resourceServers(pool: Pool): Promise<readonly string[]> {
    const pages = await this.pages(pool, "ListResourceServers", { MaxResults: MOST_SERVERS }, servers);
    return pages.flatMap(({ ResourceServers }) => ResourceServers.map(({ Identifier }) => Identifier));
  }

  /** How many secrets of a client are taken. AWS tells no secret here. */
  async countSecrets(pool: Pool, clientId: string): Promise<number> {
    const body = await this.cognito(pool, "ListUserPoolClientSecrets", { ClientId: clientId });
    return body === undefined ? 0 : secrets.parse(JSON.parse(body)).ClientSecrets.length;
  }

  /** Who may invoke a function. */
  async statements({ region, name }: LambdaFunction): Promise<readonly Statement[]> {
    const path = `/2015-03-31/functions/${encodeURIComponent(name)}/policy`;
    const request = { service: "lambda", region, method: "GET", path };
    const body = await this.reader.read({ operation: "lambda:GetPolicy", ...request });
    return body === undefined ? [] : policy.parse(JSON.parse(answered.parse(JSON.parse(body)).Policy)).Statement;
  }

  /** A function's own URL, past the API. */
  async functionUrl({ region, name }: LambdaFunction): Promise<z.infer<typeof functionUrl> | undefined> {
    const path = `/2021-10-31/functions/${encodeURIComponent(name)}/url`;
    const request = { service: "lambda", region, method: "GET", path };
    const body = await this.reader.read({ operation: "lambda:GetFunctionUrlConfig", ...request });
    return body === undefined ? undefined : functionUrl.parse(JSON.parse(body));
  }

  private async ofRole(action: string, role: string, list: string, element: string): Promise<readonly string[]> {
    const found: string[] = [];
    for (let marker: string | undefined = ""; marker !== undefined; ) {
      const asked = { Action: action, Version: IAM_VERSION, RoleName: role, ...(marker && { Marker: marker }) };
      const headers = { "Content-Type": "application/x-www-form-urlencoded" };
      const request = { service: "iam", region: "us-east-1", method: "POST", headers };
      const body = new URLSearchParams(asked).toString();
      const xml = await this.reader.read({ operation: `iam:${action}`, ...request, body });
      if (xml === undefined) return [];
      found.push(...listIn(xml, list, element));
      marker = nextIn(xml);
    }
    return found;
  }

  private async pages<Page extends { readonly NextToken?: string | undefined }>(
    pool: Pool,
    operation: string,
    input: object,
    shape: z.ZodType<Page>,
  ): Promise<readonly Page[]> {
    const pages: Page[] = [];
    for (let token: string | undefined = ""; token !== undefined; ) {
      const body = await this.cognito(pool, operation, { ...input, ...(token && { NextToken: token }) });
      if (body === undefined) return [];
      const page = shape.parse(JSON.parse(body));
      pages.push(page);
      token = page.NextToken || undefined;
    }
    return pages;
  }

  private cognito({ region, poolId }: Pool, operation: string, input: object): Promise<string | undefined> {
    return this.reader.read({
      operation: `cognito-idp:${operation}`,
      service: "cognito-idp",
      region,
      method: "POST",
      headers: { "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": `${COGNITO}.${operation}` },
      body: JSON.stringify({ UserPoolId: poolId, ...input }),
    });
  }
}
