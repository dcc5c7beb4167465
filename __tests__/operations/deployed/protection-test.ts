import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { liftProtection, withoutProtection } from "../../../operations/deployed/protection";

describe("liftProtection", () => {
  const folder = mkdtempSync(join(tmpdir(), "protected-"));
  const file = join(folder, "cdk.tf.json");
  const lifted = (stack: object) => {
    writeFileSync(file, JSON.stringify(stack));
    liftProtection(folder);
    return JSON.parse(readFileSync(file, "utf8"));
  };

  it("takes it off every pool, and leaves all else as it is", () => {
    const other = { aws_cloudwatch_log_group: { logs: { name: "logs" } } };
    const pools = { one: { name: "one", deletion_protection: "ACTIVE" }, two: { name: "two" } };

    expect(lifted({ resource: { aws_cognito_user_pool: pools, ...other }, output: {} })).toMatchObject({
      resource: {
        aws_cognito_user_pool: {
          one: { name: "one", deletion_protection: "INACTIVE" },
          two: { name: "two", deletion_protection: "INACTIVE" },
        },
        ...other,
      },
      output: {},
    });
  });

  it("lets Terraform destroy every resource", () => {
    const ledger = { for_each: {}, lifecycle: { prevent_destroy: true } };
    const listed = { lifecycle: [{ prevent_destroy: true, ignore_changes: ["tags"] }] };

    expect(
      lifted({ resource: [{ terraform_data: [{ ledger }] }, { aws_kms_key: { listed } }] }).resource,
    ).toMatchObject({
      terraform_data: { ledger: { for_each: {}, lifecycle: {} } },
      aws_kms_key: { listed: { lifecycle: { ignore_changes: ["tags"] } } },
    });
    expect(readFileSync(file, "utf8")).not.toContain("prevent_destroy");
  });

  it("takes moves out of the ledger away, which Terraform refuses with -target", () => {
    const move = { from: 'terraform_data.protected_unless_in_allowDestroy["pool"]', to: "terraform_data.x" };
    const other = { from: "aws_kms_key.a", to: "aws_kms_key.b" };

    expect(lifted({ moved: [move, other] }).moved).toEqual([other]);
    expect(lifted({ moved: [move] })).not.toHaveProperty("moved");
  });

  it("has nothing to do where there is no pool", () => {
    const stack = { output: {}, resource: { aws_cloudwatch_log_group: { logs: { name: "logs" } } } };

    expect(lifted(stack)).toEqual(stack);
  });
});

describe("withoutProtection", () => {
  it("leaves everything else about the pools as it is deployed", () => {
    const pool = { name: "one", deletion_protection: "ACTIVE", tags: { a: "b" }, depends_on: ["x.y"], "//": {} };

    expect(withoutProtection({ resource: { aws_cognito_user_pool: { pool } }, output: {} })).toMatchObject({
      resource: {
        aws_cognito_user_pool: {
          pool: { ...pool, deletion_protection: "INACTIVE", lifecycle: { ignore_changes: ["name", "tags"] } },
        },
      },
      output: {},
    });
  });

  it("keeps what else is said of a pool's life, but not that it must not be destroyed", () => {
    const pool = { name: "one", lifecycle: { prevent_destroy: true, create_before_destroy: true } };
    const lifted = withoutProtection({ resource: { aws_cognito_user_pool: { pool } } });

    expect(JSON.stringify(lifted)).not.toContain("prevent_destroy");
    expect(lifted).toMatchObject({
      resource: {
        aws_cognito_user_pool: {
          pool: {
            name: "one",
            deletion_protection: "INACTIVE",
            lifecycle: { create_before_destroy: true, ignore_changes: ["name"] },
          },
        },
      },
    });
  });
});
