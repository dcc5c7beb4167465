import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emptyStateError } from "../../../operations/deployed/empty-state";

const folder = mkdtempSync(join(tmpdir(), "empty-state-"));
const place = { environment: "dev", folder, region: "eu-west-1", account: "123456789012" };
const pool = {
  kind: "user pool",
  type: "aws_cognito_user_pool",
  name: "shop",
  detail: "eu-west-1_a",
  remove: "aws a && aws b",
};

beforeAll(() => {
  const backend = { s3: { bucket: "states", key: "machine-access/eu-west-1/shop/dev.tfstate", region: "eu-west-1" } };
  writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify({ terraform: { backend } }));
});

describe("emptyStateError", () => {
  it("names what exists, where its state may be, and the commands for what an interrupted deployment left", () => {
    expect(emptyStateError(place, [pool]).message).toBe(
      [
        "the state of dev is empty, but in eu-west-1 of account 123456789012 there are resources of its names:",
        "  user pool shop eu-west-1_a",
        "Nothing was changed. If they are in use, their state is stored elsewhere; the configured location is",
        "  s3://states/machine-access/eu-west-1/shop/dev.tfstate (eu-west-1) (earlier versions: machine-access/dev.tfstate)",
        "Restore it there, or run this command where the state is stored. If an interrupted deployment left them, these commands remove them:",
        "  aws a && aws b",
      ].join("\n"),
    );
  });

  const secret = {
    kind: "secret",
    type: "aws_secretsmanager_secret",
    name: "shop/billing",
    detail: "deleted, can be restored until 2026-01-31",
    remove: "aws delete",
    restore: "aws restore",
  };
  const recovery = [
    "These secrets are scheduled for deletion, and AWS refuses to create them again until then:",
    "  shop/billing deleted, can be restored until 2026-01-31",
    "To deploy again, restore and import them (npx access preflight dev prints the imports):",
    "  aws restore",
    "Or delete them without recovery:",
    "  aws delete",
  ].join("\n");

  it("names how to restore what a teardown scheduled for deletion, and blames no interrupted deployment", () => {
    expect(emptyStateError(place, [secret]).message).toBe(
      `nothing is deployed to dev: its state is empty.\n  npx access deploy dev\n${recovery}`,
    );
  });

  it("separates secrets that are scheduled for deletion from what exists", () => {
    const { message } = emptyStateError(place, [pool, secret]);

    expect(message).toBe(`${emptyStateError(place, [pool]).message}\n${recovery}`);
  });

  it("reports that nothing is deployed where nothing exists", () => {
    expect(emptyStateError(place, []).message).toBe(
      "nothing is deployed to dev: its state is empty.\n  npx access deploy dev",
    );
  });
});
