import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import type { Backend, Environment } from "../../access/access-model";
import { createBackend, createProvider, limitRoles, recordPrefix } from "../../constructs/aws-environment";
import { environment } from "../support/environment";
import { PretendStateStore } from "../support/pretend-state-store";
import { synthesizeStack } from "../support/synthesized-construct";
import { TerraformFolder } from "../support/terraform-folder";

const ACCOUNT = "123456789012";
const KEY_ARN = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/12345678-1234-4123-8123-123456789012`;
const S3: Extract<Backend, { readonly kind: "s3" }> = {
  kind: "s3",
  bucket: "our-states",
  region: "eu-central-1",
  key: "shop/dev.tfstate",
  kmsKeyArn: undefined,
};
const HCP: Backend = { kind: "hcp", organization: "our-org", workspace: "shop-dev", hostname: "app.terraform.io" };

function providerOf(given: Partial<Environment>): unknown {
  return synthesizeStack((stack) => createProvider(stack, environment(given))).json["provider"];
}

describe("createProvider", () => {
  it.each<[Partial<Environment>, object]>([
    [{}, {}],
    [{ accountId: ACCOUNT }, { allowed_account_ids: [ACCOUNT] }],
    [
      { tags: { team: "shop", "cost-center": "42" } },
      { default_tags: [{ tags: { team: "shop", "cost-center": "42" } }] },
    ],
  ])("writes of %j the region and %j", (given, expected) => {
    expect(providerOf(given)).toEqual({ aws: [{ region: "eu-west-1", ...expected }] });
  });
});

describe("limitRoles", () => {
  const boundary = `arn:aws:iam::${ACCOUNT}:policy/boundary`;
  const rolesOf = (given: Partial<Environment>) => {
    const synthesized = synthesizeStack((stack) => {
      limitRoles(stack, environment(given));
      new IamRole(new Construct(stack, "deep"), "role", { name: "one", assumeRolePolicy: "{}" });
      const other = { terraformResourceType: "aws_iam_role" } as const;
      new TerraformResource(stack, "other", other).addOverride("permissions_boundary", "arn:aws:iam::1:policy/wide");
    });
    return synthesized.resources("aws_iam_role").map(({ permissions_boundary: found }) => found);
  };

  it("gives the boundary to every role, also to one that a construct gave another", () => {
    expect(rolesOf({ permissionsBoundary: boundary })).toEqual([boundary, boundary]);
  });

  it("changes nothing without a boundary", () => {
    expect(rolesOf({})).toEqual([undefined, "arn:aws:iam::1:policy/wide"]);
  });
});

function settingsOf(given: Partial<Environment>): unknown {
  return synthesizeStack((stack) => createBackend(stack, environment(given))).json["terraform"];
}

describe("createBackend", () => {
  it("keeps local state beside the output folder, under a relative path", () => {
    expect(settingsOf({ name: "prod" })).toEqual({ backend: { local: { path: "../../../terraform.prod.tfstate" } } });
  });

  it("keeps state in S3 encrypted, locked by a file and without DynamoDB", () => {
    expect(settingsOf({ backend: S3 })).toEqual({
      backend: {
        s3: {
          bucket: "our-states",
          key: "shop/dev.tfstate",
          region: "eu-central-1",
          encrypt: true,
          use_lockfile: true,
        },
      },
    });
  });

  it("encrypts with the key that is given, and refuses other accounts when one is given", () => {
    expect(settingsOf({ backend: { ...S3, kmsKeyArn: KEY_ARN }, accountId: ACCOUNT })).toMatchObject({
      backend: { s3: { kms_key_id: KEY_ARN, allowed_account_ids: [ACCOUNT] } },
    });
  });

  it("keeps state in a workspace of HCP Terraform", () => {
    expect(settingsOf({ backend: HCP })).toEqual({
      cloud: { organization: "our-org", hostname: "app.terraform.io", workspaces: { name: "shop-dev" } },
    });
  });
});

describe("Terraform", () => {
  let folder: TerraformFolder;
  let store: PretendStateStore;

  beforeEach(async () => {
    folder = new TerraformFolder();
    store = new PretendStateStore(ACCOUNT);
    await store.start();
  });
  afterEach(async () => {
    await store.stop();
    folder.remove();
  });

  function write(given: Partial<Environment>): void {
    folder.write({ terraform: settingsOf(given), output: { greeting: { value: "hello" } } });
  }

  it("writes the state into the bucket, under a lock, with the key", async () => {
    write({ backend: { ...S3, kmsKeyArn: KEY_ARN }, accountId: ACCOUNT });

    const init = await folder.run(store.environment, "init");
    expect(init.output).toContain('Successfully configured the backend "s3"!');
    const apply = await folder.run(store.environment, "apply", "-auto-approve");
    expect(apply.output).toContain("Apply complete!");

    expect(store.written.map(({ key }) => key)).toEqual(["shop/dev.tfstate.tflock", "shop/dev.tfstate"]);
    for (const { headers } of store.written) {
      expect(headers).toMatchObject({
        "x-amz-server-side-encryption": "aws:kms",
        "x-amz-server-side-encryption-aws-kms-key-id": KEY_ARN,
      });
    }
    expect([...store.objects.keys()]).toEqual(["shop/dev.tfstate"]);
  });

  it("encrypts as S3 does when there is no key", async () => {
    write({ backend: S3 });

    await folder.run(store.environment, "init");
    await folder.run(store.environment, "apply", "-auto-approve");

    expect(store.written.at(-1)?.headers).toMatchObject({ "x-amz-server-side-encryption": "AES256" });
  });

  it("refuses while somebody else holds the lock", async () => {
    write({ backend: S3 });
    await folder.run(store.environment, "init");
    store.objects.set("shop/dev.tfstate.tflock", Buffer.from(JSON.stringify({ ID: "1", Who: "somebody@else" })));

    const apply = await folder.run(store.environment, "apply", "-auto-approve");

    expect(apply.code).toBe(1);
    expect(apply.output).toContain("Error acquiring the state lock");
    expect(store.written).toEqual([]);
  });

  it("refuses the credentials of another account before it touches the bucket", async () => {
    write({ backend: S3, accountId: "999999999999" });

    const init = await folder.run(store.environment, "init");

    expect(init.code).toBe(1);
    expect(init.output).toContain(`AWS account ID not allowed: ${ACCOUNT}`);
    expect(store.written).toEqual([]);
  });

  it("takes the settings of HCP Terraform, and goes to the host that they name", async () => {
    write({ backend: { ...HCP, hostname: "localhost:1" } });

    const init = await folder.run(store.environment, "init");

    expect(init.output).toContain('Failed to request discovery document: Get "https://localhost:1/');
  });
});

describe("recordPrefix", () => {
  it("keeps the prefix that a state was made for, and refuses every other one", () => {
    const self = ["${", "self.output.prefix"].join("");
    const { json } = synthesizeStack((stack) => recordPrefix(stack, environment({ prefix: "shop-dev" })));

    expect(json["resource"]).toEqual({
      terraform_data: {
        state_prefix: {
          input: { prefix: "shop-dev" },
          lifecycle: {
            ignore_changes: ["input"],
            postcondition: [
              {
                condition: `${self} == "shop-dev"}`,
                error_message: expect.stringContaining(`holds resources of ${self}}, not of shop-dev.`),
              },
            ],
          },
        },
      },
    });
  });
});
