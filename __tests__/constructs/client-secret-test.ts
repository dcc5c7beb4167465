import { CognitoUserPoolClient } from "@cdktf/provider-aws/lib/cognito-user-pool-client";
import type { TerraformStack } from "cdktf";
import { ClientSecret, type ClientSecretProps } from "../../constructs/client-secret";
import { refusalsOf } from "../support/guarded-stack";
import { synthesizeStack } from "../support/synthesized-construct";

const READERS = ["arn:aws:iam::123456789012:role/billing", "arn:aws:iam::999999999999:role/billing"];
const KEY_ARN = "arn:aws:kms:eu-west-1:123456789012:key/12345678-1234-4123-8123-123456789012";

const fill = (given: Partial<ClientSecretProps>) => (stack: TerraformStack) => {
  const appClient = new CognitoUserPoolClient(stack, "client", { name: "billing", userPoolId: "pool" });
  new ClientSecret(stack, "secret", {
    prefix: "shop-dev",
    clientName: "billing",
    scopes: ["orders/read", "orders/write"],
    appClient,
    tokenUrl: "https://shop-dev.auth.eu-west-1.amazoncognito.com/oauth2/token",
    isEphemeral: false,
    readers: READERS,
    kmsKeyArn: undefined,
    ...given,
  });
};
const secretWith = (given: Partial<ClientSecretProps> = {}) => synthesizeStack(fill(given));

describe("ClientSecret", () => {
  it("is kept for a while after it is deleted", () => {
    expect(secretWith().resource("aws_secretsmanager_secret")).toEqual({
      name: "shop-dev/billing",
      description: "Credentials of the client billing",
      recovery_window_in_days: 30,
    });
  });

  it("is gone at once in an ephemeral environment", () => {
    const secret = secretWith({ isEphemeral: true }).resource("aws_secretsmanager_secret");

    expect(secret["recovery_window_in_days"]).toBe(0);
  });

  it("is encrypted with the key that is given", () => {
    expect(secretWith({ kmsKeyArn: KEY_ARN }).resource("aws_secretsmanager_secret")["kms_key_id"]).toBe(KEY_ARN);
  });

  it("has a name that Secrets Manager takes, whatever the client is called", () => {
    const names = ["night shift", "night,shift", "night-shift"].map(
      (clientName) => secretWith({ clientName }).resource("aws_secretsmanager_secret")["name"],
    );

    expect(names[0]).toMatch(/^shop-dev\/night-shift-[0-9a-f]{8}$/);
    expect(names[2]).toBe("shop-dev/night-shift");
    expect(new Set(names).size).toBe(3);
  });

  it("holds what a service needs to get a token, in texts", () => {
    const { secret_id, secret_string } = secretWith().resource("aws_secretsmanager_secret_version");

    expect(secret_id).toMatch(/^\$\{aws_secretsmanager_secret\.\S+\.id\}$/);
    expect(secret_string).toBe(
      [
        '$\x7bjsonencode({"client_id" = aws_cognito_user_pool_client.client.id,',
        '"client_secret" = aws_cognito_user_pool_client.client.client_secret,',
        '"token_url" = "https://shop-dev.auth.eu-west-1.amazoncognito.com/oauth2/token",',
        '"scope" = "orders/read orders/write"})}',
      ].join(" "),
    );
  });

  it("is written once for a client, so that no deployment undoes a rotation", () => {
    expect(secretWith().resource("aws_secretsmanager_secret_version")["lifecycle"]).toEqual({
      ignore_changes: ["secret_string"],
      replace_triggered_by: [expect.stringMatching(/^terraform_data\.secret_client-id_\w+$/)],
    });
    expect(secretWith().resource("terraform_data")["input"]).toEqual({
      client_id: "$\x7baws_cognito_user_pool_client.client.id}",
    });
  });

  it("lets the readers read this secret and do nothing else", () => {
    const { policy, secret_arn } = secretWith().resource("aws_secretsmanager_secret_policy");

    expect(JSON.parse(String(policy))["Statement"]).toEqual([
      {
        Effect: "Allow",
        Principal: { AWS: READERS },
        Action: ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
        Resource: secret_arn,
      },
    ]);
  });

  it("lets AWS refuse a policy for everybody", () => {
    expect(secretWith().resource("aws_secretsmanager_secret_policy")["block_public_policy"]).toBe(true);
  });

  it("names the client's secret nowhere but in the value", () => {
    const stack = secretWith();
    const elsewhere = ["aws_secretsmanager_secret", "aws_secretsmanager_secret_policy"].map(stack.resource);

    expect(JSON.stringify(elsewhere)).not.toContain("client_secret");
  });

  it("passes the guards", () => {
    expect(refusalsOf(fill({}))).toEqual([]);
  });

  it("is refused by the guards when everybody may read", () => {
    expect(refusalsOf(fill({ readers: ["*"] }))).toEqual([
      'dev/secret/readers (aws_secretsmanager_secret_policy): it allows the principal "*". Name the principals by ARN.',
    ]);
  });
});
