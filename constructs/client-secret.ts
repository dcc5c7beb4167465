/** A client's credentials where its service reads them: a secret of AWS Secrets Manager. */
import type { CognitoUserPoolClient } from "@cdktf/provider-aws/lib/cognito-user-pool-client";
import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { SecretsmanagerSecretPolicy } from "@cdktf/provider-aws/lib/secretsmanager-secret-policy";
import { SecretsmanagerSecretVersion } from "@cdktf/provider-aws/lib/secretsmanager-secret-version";
import { Fn } from "cdktf";
import { Construct } from "constructs";
import type { ClientSecretSettings } from "../access/access-model";
import { type CredentialsKey, secretDescription } from "./contract/contract";
import { addressOf, allowedName } from "./resource-name";
import { TerraformData } from "./terraform-data";

/** What a secret's name may not hold. @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html */
const FORBIDDEN = /[^A-Za-z0-9/_+=.@-]/g;

/** Days in which a deleted secret can be restored; its name stays taken for as long. */
const RECOVERY_DAYS = 30;

/** Settings of a {@link ClientSecret}. */
export interface ClientSecretProps extends ClientSecretSettings {
  /** What the secret's name begins with, before a slash and the client's name. */
  readonly prefix: string;

  /** The client's name in the access model. */
  readonly clientName: string;

  /** Full names of the scopes that the client may ask for. */
  readonly scopes: readonly string[];

  /** The client, whose id and secret are kept. */
  readonly appClient: CognitoUserPoolClient;

  /** Where the client gets its tokens. */
  readonly tokenUrl: string;

  /** Whether the secret is gone at once when it is deleted. */
  readonly isEphemeral: boolean;

  /** Tags of the secret in addition to those of every resource. */
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * A secret named `<prefix>/<client>`, whose value is JSON of four texts, so that a container can be given each by its
 * key: `client_id`, `client_secret`, `token_url` and `scope`, which is space-separated as the token endpoint takes it.
 *
 * Its policy names the readers. Those of the same account need no more; those of another one need their own account's
 * permission, too, and a KMS key that they may use. No principal is denied: Terraform reads the value back to find drift, and
 * in its own account IAM decides who else may. Terraform's state holds the value as well.
 *
 * Terraform writes the first value of a client, and none after it: once the client's secret is rotated, Cognito does not
 * tell Terraform the new one, and what it would write is the way into an outage. A client with another id is another
 * client, and gets a first value again.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html
 * @see https://www.rfc-editor.org/rfc/rfc7591#section-2
 */
export class ClientSecret extends Construct {
  /** The secret without its values. */
  readonly secret: SecretsmanagerSecret;
  readonly arn: string;
  /** The client's secret as it is kept here; a rotation changes it where Cognito no longer returns it to Terraform. */
  readonly clientSecret: string;

  constructor(scope: Construct, id: string, props: ClientSecretProps) {
    super(scope, id);
    this.secret = new SecretsmanagerSecret(this, "secret", {
      name: allowedName(`${props.prefix}/${props.clientName}`, FORBIDDEN),
      description: secretDescription(props.clientName),
      ...(props.kmsKeyArn === undefined ? {} : { kmsKeyId: props.kmsKeyArn }),
      recoveryWindowInDays: props.isEphemeral ? 0 : RECOVERY_DAYS,
      ...(Object.keys(props.tags ?? {}).length === 0 ? {} : { tags: { ...props.tags } }),
    });
    const { secret } = this;
    // replace_triggered_by fires on an update or a replacement, not on a recreation after an out-of-band deletion.
    const clientId = new TerraformData(this, "client-id", { input: { client_id: props.appClient.id } });
    const value = new SecretsmanagerSecretVersion(this, "value", {
      secretId: secret.id,
      secretString: credentialsOf(props),
      lifecycle: { ignoreChanges: ["secret_string"], replaceTriggeredBy: [addressOf(clientId)] },
    });
    new SecretsmanagerSecretPolicy(this, "readers", {
      secretArn: secret.arn,
      policy: policyFor(secret.arn, props.readers),
      blockPublicPolicy: true,
    });
    this.arn = secret.arn;
    this.clientSecret = Fn.lookup(Fn.jsondecode(value.secretString), "client_secret" satisfies CredentialsKey);
  }
}

function credentialsOf({ appClient, tokenUrl, scopes }: ClientSecretProps): string {
  // Not a text with references in it: Terraform refuses to put null into one, which a rotated client's secret may be.
  return Fn.jsonencode({
    client_id: appClient.id,
    client_secret: appClient.clientSecret,
    token_url: tokenUrl,
    scope: scopes.join(" "),
  } satisfies Record<CredentialsKey, string>);
}

function policyFor(secretArn: string, readers: readonly string[]): string {
  const Action = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"];
  const Statement = [{ Effect: "Allow", Principal: { AWS: readers }, Action, Resource: secretArn }];
  return JSON.stringify({ Version: "2012-10-17", Statement });
}
