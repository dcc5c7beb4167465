/** A REST API in a stack of its own, and what Terraform reads of it. */
import { CognitoUserPool } from "@cdktf/provider-aws/lib/cognito-user-pool";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { DefaultTokenResolver, StringConcat, TerraformResource, TerraformStack, Testing, Tokenization } from "cdktf";
import type { ProtectedRoute } from "../../constructs/api/api-route";
import { ProtectedApi, type ProtectedApiProps } from "../../constructs/protected-api";
import type { Settings } from "./synthesize";

/** A route: `POST /access` to a function for the scope `a/b`, but for what is given. */
export interface GivenRoute extends Partial<Omit<ProtectedRoute, "backend">> {
  /** Answers in place of the function. */
  readonly url?: string | undefined;
}

/** An API with one such route, everything optional switched off, but for what is given. */
export interface GivenApi extends Partial<Omit<ProtectedApiProps, "routes" | "userPool">> {
  readonly routes?: readonly GivenRoute[];
}

/** An API in a stack called `dev`. */
export class ApiStack {
  readonly api: ProtectedApi;
  readonly function: LambdaFunction;
  private readonly stack = new TerraformStack(Testing.app(), "dev");

  constructor({ routes = [{}], ...given }: GivenApi = {}) {
    this.function = new LambdaFunction(this.stack, "fn", { functionName: "fn", role: "role" });
    this.api = new ProtectedApi(this.stack, "api", {
      name: "my-api",
      stageName: "dev",
      userPool: new CognitoUserPool(this.stack, "pool", { name: "pool" }),
      accessLog: undefined,
      throttling: undefined,
      methodMetrics: false,
      tracing: false,
      firewall: undefined,
      domain: undefined,
      authorizerName: "test-cognito-authorizer",
      ...given,
      routes: routes.map((route) => this.routeOf(route)),
    });
  }

  /** What the deployment is made anew for. */
  get trigger(): string {
    const [deployment] = this.elements().filter((one) => one.terraformResourceType === "aws_api_gateway_deployment");
    const { triggers } = this.attributesOf(deployment) as { readonly triggers: { readonly configuration: string } };
    return triggers.configuration;
  }

  /** Terraform resources of the API. */
  elements(): readonly TerraformResource[] {
    return this.api.node.findAll().filter((one): one is TerraformResource => one instanceof TerraformResource);
  }

  /** The resource at a path below the API, such as `POST --access/method`. */
  element(path: string): TerraformResource {
    const found = this.elements().find(({ node }) => node.path === `dev/api/${path}`);
    if (found === undefined) throw new Error(`no ${path} in ${this.elements().map(({ node }) => node.path)}`);
    return found;
  }

  /** What Terraform reads of the resource, without CDKTF's own comments. */
  attributesOf(element: TerraformResource | undefined): Settings {
    if (element === undefined) throw new Error("no such resource");
    const { resource } = this.resolve(element.toTerraform());
    const { "//": _comment, ...attributes } = resource[element.terraformResourceType][element.friendlyUniqueId];
    return attributes;
  }

  /** What Terraform reads of the resource at a path below the API. */
  at(path: string): Settings {
    return this.attributesOf(this.element(path));
  }

  /** Resources of a type, in the order in which they were made. */
  all(type: string): readonly Settings[] {
    const elements = this.elements().filter(({ terraformResourceType }) => terraformResourceType === type);
    return elements.map((element) => this.attributesOf(element));
  }

  /** The whole stack as Terraform reads it. */
  synthesize(): string {
    return Testing.synth(this.stack);
  }

  /** What becomes of CDKTF's tokens in the end; what is undefined is not there. */
  resolve<T>(value: T): T {
    const resolver = new DefaultTokenResolver(new StringConcat());
    return JSON.parse(JSON.stringify(Tokenization.resolve(value, { scope: this.stack, resolver, preparing: false })));
  }

  private routeOf({ url, ...given }: GivenRoute): ProtectedRoute {
    return {
      method: "POST",
      path: "/access",
      scopes: given.publicReason === undefined ? ["a/b"] : [],
      publicReason: undefined,
      cors: undefined,
      throttling: undefined,
      ...given,
      backend: url === undefined ? { kind: "lambda", function: this.function } : { kind: "http", url },
    };
  }
}
