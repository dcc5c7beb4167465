/** Stacks of somebody else's resources, and what the guards say of them. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformDataSource, TerraformResource, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { addGuards, GuardError, type GuardOptions } from "../../constructs/guards/guards";

type Attributes = Readonly<Record<string, unknown>>;

/** A resource as an escape hatch writes it: nothing but its type and what Terraform is to read. */
export function resource(scope: Construct, type: string, attributes: Attributes, id = "it"): TerraformResource {
  const made = new TerraformResource(scope, id, { terraformResourceType: type });
  for (const [name, value] of Object.entries(attributes)) made.addOverride(name, value);
  return made;
}

/** A data source, written likewise. */
export function dataSource(scope: Construct, type: string, attributes: Attributes, id = "data"): TerraformDataSource {
  const made = new TerraformDataSource(scope, id, { terraformResourceType: type });
  for (const [name, value] of Object.entries(attributes)) made.addOverride(name, value);
  return made;
}

/** An app with guards, whose files go into a folder of its own. */
export function guardedApp(options?: GuardOptions): App {
  const app = new App({ outdir: mkdtempSync(join(tmpdir(), "guards-")) });
  addGuards(app, options);
  return app;
}

/** Lines of the error with which the app is refused; none when it is not. */
export function refusals(app: App): readonly string[] {
  try {
    app.synth();
    return [];
  } catch (error) {
    if (!(error instanceof GuardError)) throw error;
    return error.message.split("\n");
  }
}

/** What a method refers to: a pool with the scope `orders/read`, and an authorizer of each kind of API. */
export const IDENTITY = {
  aws_cognito_user_pool: { pool: { name: "pool" } },
  aws_cognito_resource_server: {
    orders: { identifier: "orders", name: "Orders", scope: [{ scope_name: "read", scope_description: "Read" }] },
  },
  aws_api_gateway_authorizer: {
    pool: { name: "pool", type: "COGNITO_USER_POOLS", provider_arns: ["$\x7baws_cognito_user_pool.pool.arn}"] },
    token: { name: "token", type: "TOKEN" },
  },
  aws_apigatewayv2_authorizer: {
    pool: {
      name: "pool",
      authorizer_type: "JWT",
      jwt_configuration: { issuer: "https://$\x7baws_cognito_user_pool.pool.endpoint}" },
    },
  },
};

/** Likewise, of an app with the stack `dev`, what methods refer to, and what is put into it. */
export function refusalsOf(fill: (stack: TerraformStack) => void, options?: GuardOptions): readonly string[] {
  const app = guardedApp(options);
  const stack = new TerraformStack(app, "dev");
  new AwsProvider(stack, "aws", { region: "eu-west-1" });
  for (const [type, named] of Object.entries(IDENTITY)) stack.addOverride(`resource.${type}`, named);
  fill(stack);
  return refusals(app);
}

/** Likewise, of the one resource `dev/it`, without its path and type. */
export function findingsIn(type: string, attributes: Attributes): readonly string[] {
  const prefix = `dev/it (${type}): `;
  return refusalsOf((stack) => resource(stack, type, attributes)).map((line) => {
    if (!line.startsWith(prefix)) throw new Error(`not of dev/it: ${line}`);
    return line.slice(prefix.length);
  });
}
