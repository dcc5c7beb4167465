/** The generated schema: that it is current, that it says what the bindings say, and that it never guesses. */

import { readFileSync } from "node:fs";
import type { BlockSchema } from "../../../../emulator/terraform/schema/block";
import { formatBindings, generateBindings } from "../../../../emulator/terraform/schema/generate";
import { readBinding } from "../../../../emulator/terraform/schema/read-binding";
import { dataSourceTypes, resourceTypes } from "../../../../emulator/terraform/schema/resource-types";

const bindings = generateBindings();
const managedInstances = "capacity_provider_config.lambda_managed_instances_capacity_provider_config";
const required = { type: "string", required: true };
const optional = { type: "string", optional: true };
const filledIn = { type: "string", optional: true, computed: true };

/** Text of an installed binding, whether or not its type is emulated. */
function textOf(name: string): string {
  return readFileSync(require.resolve(`@cdktf/provider-aws/lib/${name}/index.js`), "utf8");
}

/** The block at the end of a path of block names; the resource itself for none. */
function blockAt(type: string, path: readonly string[]): BlockSchema | undefined {
  return path.reduce<BlockSchema | undefined>((outer, name) => outer?.blocks[name]?.block, bindings.resources[type]);
}

describe("bindings.json", () => {
  it("is what the installed bindings say now (npm run schema updates it)", () => {
    const committed = readFileSync(require.resolve("../../../../emulator/terraform/schema/bindings.json"), "utf8");

    expect(committed).toBe(formatBindings(bindings));
  });
});

describe("generateBindings", () => {
  it("names the version of the real provider", () => {
    expect(bindings.providerVersion).toBe("6.25.0");
  });

  it("covers the listed resource types and no others", () => {
    expect(Object.keys(bindings.resources)).toEqual([...resourceTypes].sort());
  });

  it.each([
    ["a required string", "aws_api_gateway_method", "rest_api_id", required],
    ["an optional string", "aws_iam_role", "description", optional],
    ["a computed string", "aws_iam_role", "arn", { type: "string", computed: true }],
    ["the id of most resources", "aws_iam_role", "id", filledIn],
    ["the id of a newer resource", "aws_cognito_user_pool_client", "id", { type: "string", computed: true }],
    ["a number", "aws_lambda_function", "memory_size", { type: "number", optional: true }],
    ["a computed number", "aws_cognito_user_pool", "estimated_number_of_users", { type: "number", computed: true }],
    ["a bool", "aws_api_gateway_method", "api_key_required", { type: "bool", optional: true }],
    ["a list", "aws_lambda_function", "layers", { type: ["list", "string"], optional: true }],
    ["outputs", "aws_cognito_resource_server", "scope_identifiers", { type: ["list", "string"], computed: true }],
    ["a set", "aws_api_gateway_method", "authorization_scopes", { type: ["set", "string"], optional: true }],
    ["a map of strings", "aws_iam_role", "tags", { type: ["map", "string"], optional: true }],
    ["a map of bools", "aws_api_gateway_method", "request_parameters", { type: ["map", "bool"], optional: true }],
    ["a required one in a block", "aws_cognito_resource_server", "scope.scope_name", required],
    ["one in a block in a block", "aws_cognito_user_pool", "schema.number_attribute_constraints.min_value", optional],
    ["a computed one in a block", "aws_lambda_function", "vpc_config.vpc_id", { type: "string", computed: true }],
  ])("reads %s: %s %s", (_, type, path, expected) => {
    const names = path.split(".");

    expect(blockAt(type, names.slice(0, -1))?.attributes[names.at(-1) ?? ""]).toEqual(expected);
  });

  it.each([
    ["at most one", "aws_lambda_function", "vpc_config", { nesting: "list", maxItems: 1 }],
    ["a repeatable list", "aws_cognito_user_pool_client", "token_validity_units", { nesting: "list" }],
    ["a repeatable set", "aws_cognito_resource_server", "scope", { nesting: "set" }],
    ["timeouts", "aws_lambda_function", "timeouts", { nesting: "single" }],
    ["a set in a list", "aws_cognito_user_pool", "account_recovery_setting.recovery_mechanism", { nesting: "set" }],
    ["a required one", "aws_lambda_function", managedInstances, { nesting: "list", minItems: 1, maxItems: 1 }],
  ])("reads a block, %s: %s %s", (_, type, path, expected) => {
    const names = path.split(".");

    expect(blockAt(type, names.slice(0, -1))?.blocks[names.at(-1) ?? ""]).toEqual({
      ...expected,
      block: { attributes: expect.anything(), blocks: expect.anything() },
    });
  });

  it("reads the form of the fork CDK Terrain: another name of the library, and blocks as fields of the class", () => {
    const inFork = (text: string) =>
      text.replaceAll("cdktf.", "cdktn.").replaceAll(/^ {8}this\.(_\w+ = new .+\(this, "\w+".*\);)$/gm, "    $1");
    expect(inFork(textOf("lambda-function"))).toMatch(/^ {4}_vpcConfig = new \w+\(this, "vpc_config"\);$/m);

    expect(generateBindings((name) => inFork(textOf(name)))).toEqual(bindings);
  });

  it("covers the listed data sources and no others", () => {
    expect(Object.keys(bindings.dataSources)).toEqual([...dataSourceTypes].sort());
  });

  it("reads the whole of a data source", () => {
    const computed = { type: "string", computed: true };

    expect(bindings.dataSources["aws_caller_identity"]).toEqual({
      attributes: { account_id: computed, arn: computed, id: filledIn, user_id: computed },
      blocks: {},
    });
  });

  it("leaves out a block that is nested too deep for the bindings to say what is in it", () => {
    expect(textOf("wafv2-web-acl")).toContain("cdktf.anyToHclTerraform(struct.statement)");
    expect(blockAt("aws_wafv2_web_acl", ["rule"])?.blocks).not.toHaveProperty("statement");
    expect(blockAt("aws_wafv2_web_acl", ["rule"])?.attributes).not.toHaveProperty("statement");
  });

  it("reads the whole of a resource", () => {
    expect(bindings.resources["aws_api_gateway_resource"]).toEqual({
      attributes: {
        id: filledIn,
        parent_id: required,
        path: { type: "string", computed: true },
        path_part: required,
        region: filledIn,
        rest_api_id: required,
      },
      blocks: {},
    });
  });
});

describe("the provider's configuration", () => {
  it("is all optional, in its blocks too", () => {
    const isOptional = ({ attributes, blocks }: BlockSchema): boolean =>
      Object.values(attributes).every(({ optional, required, computed }) => optional && !required && !computed) &&
      Object.values(blocks).every(({ minItems, block }) => minItems === undefined && isOptional(block));

    expect(isOptional(bindings.provider)).toBe(true);
  });

  it("has its attributes and blocks", () => {
    expect(bindings.provider.attributes["region"]).toEqual({ type: "string", optional: true });
    expect(bindings.provider.attributes["max_retries"]).toEqual({ type: "number", optional: true });
    expect(bindings.provider.blocks["default_tags"]).toEqual({
      nesting: "list",
      block: { attributes: { tags: { type: ["map", "string"], optional: true } }, blocks: {} },
    });
    expect(bindings.provider.blocks["endpoints"]?.nesting).toBe("set");
  });

  it("leaves out alias, which is Terraform's own", () => {
    expect(bindings.provider.attributes).not.toHaveProperty("alias");
  });
});

describe("readBinding", () => {
  it("spells out the objects of an attribute that may be written as blocks", () => {
    const { attributes, blocks } = readBinding(textOf("route-table"));

    expect(blocks).not.toHaveProperty("route");
    expect(attributes["route"]).toMatchObject({
      optional: true,
      type: ["set", ["object", { nat_gateway_id: "string" }]],
    });
  });

  it("spells out the objects of a computed attribute", () => {
    const fields = { domain_name: "string", resource_record_name: "string" };

    expect(readBinding(textOf("acm-certificate")).attributes["domain_validation_options"]).toMatchObject({
      type: ["set", ["object", fields]],
      computed: true,
    });
  });
});

describe("a binding that is not understood", () => {
  /** Generates with one replacement made in the text of `aws_iam_role`. */
  function generateWith(from: string, to: string): () => unknown {
    const role = textOf("iam-role");
    expect(role).toContain(from);
    return () => generateBindings((name) => (name === "iam-role" ? role.replace(from, to) : textOf(name)));
  }

  it.each([
    ["an unknown getter", "getStringAttribute('arn')", "getAnyAttribute('arn')", 'class IamRole, getter "arn"'],
    ["a getter that does more", "return this.getStringAttribute('arn');", "let arn;", 'class IamRole, getter "arn"'],
    ["an entry of another form", 'type: "map",', "", 'class IamRole: "tags: {"'],
    ["an unknown type", 'Type: "number"', 'Type: "any"', 'class IamRole, entry "max_session_duration"'],
    ["no getter", "getStringAttribute('path')", "getStringAttribute('p')", 'class IamRole, getter "path"'],
    ["no struct", "class IamRoleInlinePolicyOut", "class Out", "class IamRoleInlinePolicyOutputReference"],
    ["another resource type", "Type: 'aws_iam_role'", "Type: 'aws_iam_user'", "it is of type aws_iam_user"],
  ])("is refused by file and construct: %s", (_, from, to, construct) => {
    expect(generateWith(from, to)).toThrow(`@cdktf/provider-aws/lib/iam-role/index.js: ${construct}`);
  });

  it("is refused by file when it is missing", () => {
    const readNothing = (name: string): string => {
      throw new Error(`no ${name}`);
    };

    expect(() => generateBindings(readNothing)).toThrow(/^@cdktf\/provider-aws\/lib\/[a-z-]+\/index\.js: no [a-z-]+$/);
  });
});

describe("formatBindings", () => {
  it("writes one attribute a line", () => {
    const tags = { type: ["map", "string"], optional: true } as const;
    const rule = { nesting: "list", maxItems: 1, block: { attributes: {}, blocks: {} } } as const;
    const provider = { attributes: { tags }, blocks: { rule } };

    expect(formatBindings({ providerVersion: "1.2.3", provider, resources: {}, dataSources: {} })).toBe(`{
  "providerVersion": "1.2.3",
  "provider": {
    "attributes": {
      "tags": { "type": ["map", "string"], "optional": true }
    },
    "blocks": {
      "rule": {
        "nesting": "list",
        "maxItems": 1,
        "block": {
          "attributes": {},
          "blocks": {}
        }
      }
    }
  },
  "resources": {},
  "dataSources": {}
}
`);
  });
});
