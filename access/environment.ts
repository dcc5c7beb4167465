/** The settings of environments, and what AWS and Terraform demand of each. */
import { certificateArn, hostName, keyArn, region, topicArn } from "./arn";
import { mapOf } from "./collection";
import { operation } from "./operation";
import { exactlyOne, settings } from "./record";
import { flag, percentage, text, whole } from "./scalar";
import { documented, located, optional, type ValueOf } from "./shape";
import type { Backend } from "./types";

/** The tags of resources: none when left out. */
export function tags(doc: string) {
  const key = text(
    '1 to 128 letters, digits, spaces or any of _.:/=+-@, not beginning with "aws:"',
    /^(?![aA][wW][sS]:)[\p{L}\p{N} _.:/=+\-@]{1,128}$/u,
  );
  const value = documented(
    "The tag's value.",
    text("up to 256 letters, digits, spaces or any of _.:/=+-@", /^[\p{L}\p{N} _.:/=+\-@]{0,256}$/u),
  );
  const map = mapOf({ noun: "tag", key: "key", value: "value" }, key, value);
  return documented(doc, { ...map, isRequired: false });
}

const tokenDomain = settings({
  name: documented("The token endpoint's host.", hostName(63)),
  certificateArn: documented("The certificate for it, which Cognito takes from us-east-1 only.", certificateArn()),
});

const apiDomain = settings({
  name: documented("The API's host.", hostName(253)),
  certificateArn: documented("The certificate for it, of the environment's region.", certificateArn()),
});

/** @see https://developer.hashicorp.com/terraform/language/backend/s3 */
const s3 = settings({
  bucket: documented(
    "The bucket, which is there already.",
    text(
      "the name of a bucket: 3 to 63 lower-case letters, digits, dots or hyphens",
      /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    ),
  ),
  region: documented("Where the bucket is; left out it is where the environment is.", optional(region(), undefined)),
  key: documented(
    "Path of the state within the bucket; left out it is machine-access/<environment>.tfstate.",
    optional(
      text(
        "a path without slashes at its ends or beside each other, up to 1,024 characters",
        /^(?!\/)(?!.*\/\/)[\x21-\x7E]{1,1024}(?<!\/)$/,
      ),
      undefined,
    ),
  ),
  kmsKeyArn: documented(
    "The key that encrypts the state; left out the bucket's own encryption does.",
    optional(keyArn(), undefined),
  ),
});

/** @see https://developer.hashicorp.com/terraform/language/block/terraform#cloud */
const hcp = settings({
  organization: documented("The organization.", text("1 to 40 letters, digits, _ or -", /^[\w-]{1,40}$/)),
  workspace: documented("The workspace.", text("1 to 90 letters, digits, _ or -", /^[\w-]{1,90}$/)),
  hostname: documented(
    "Where Terraform Enterprise is, or HCP Terraform; left out it is app.terraform.io.",
    optional(hostName(253), undefined),
  ),
});

const backend = settings(
  {
    s3: documented("A bucket, with a lock file beside the state.", optional(s3, undefined)),
    hcp: documented("HCP Terraform or Terraform Enterprise.", optional(hcp, undefined)),
  },
  exactlyOne("s3", "hcp", "the state is in one place"),
);

const alarms = settings({
  topicArn: documented("The SNS topic that hears of it, of the environment's region.", topicArn()),
  clientErrorPercent: documented("Share of calls answered with 4xx.", optional(percentage(), 20)),
  serverErrorPercent: documented("Share of calls answered with 5xx.", optional(percentage(), 1)),
  latencyMilliseconds: documented(
    "What 99 of 100 calls should take at most.",
    optional(whole("milliseconds", 1, 29_000), 3000),
  ),
  tokenFailures: documented(
    "Token requests refused within five minutes.",
    optional(whole("token requests", 1, 1_000_000), 20),
  ),
});

/** @see https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based-high-level-settings.html */
const firewall = settings({
  requestsPerFiveMinutes: documented(
    "Requests of one address within five minutes; more are refused.",
    whole("requests", 10, 2_000_000_000),
  ),
});

const tokenCache = settings({
  minutes: documented(
    "How long a token is handed out again: shorter than the tokens of every client live.",
    located(whole("minutes", 1, 60)),
  ),
});

/** What one environment says. */
export const environment = settings(
  {
    region: documented("Where the stack is deployed.", region()),
    domainPrefix: documented(
      "What the token endpoint's host begins with: <domainPrefix>.auth.<region>.amazoncognito.com. Unique within a region, across all AWS accounts.",
      optional(
        text(
          '1 to 63 lower-case letters, digits or inner hyphens, without "aws", "amazon" or "cognito"',
          /^(?!.*(aws|amazon|cognito))[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
        ),
        undefined,
      ),
    ),
    tokenDomain: documented("A host of one's own for the token endpoint.", optional(tokenDomain, undefined)),
    apiDomain: documented("A host of one's own for the API.", optional(apiDomain, undefined)),
    protected: documented(
      "Whether AWS refuses to delete the user pool; left out it does, unless the environment is ephemeral.",
      optional(flag(), undefined),
    ),
    ephemeral: documented("Whether it may be taken down at any time: nothing is kept.", optional(flag(), false)),
    accountId: documented(
      "The AWS account that it may be deployed to; left out it is any.",
      optional(text("12 digits", /^\d{12}$/), undefined),
    ),
    backend: documented("Where Terraform keeps the state; left out it is a local file.", optional(backend, undefined)),
    tags: tags("Tags of the environment's resources, before those of the file."),
    ...operation,
    accessLog: documented("Whether every call is logged, without its token.", optional(flag(), true)),
    methodMetrics: documented(
      "Whether there are metrics for each method, which AWS charges for.",
      optional(flag(), false),
    ),
    tracing: documented("Whether X-Ray traces calls through stage and functions.", optional(flag(), false)),
    firewall: documented("What stops an address from calling too often (AWS WAF).", optional(firewall, undefined)),
    alarms: documented("When to raise an alarm, and where.", optional(alarms, undefined)),
    dashboard: documented("Whether there is a CloudWatch dashboard.", optional(flag(), false)),
    tokenCache: documented(
      "Hands a client's token out again to that client, as AWS charges for each.",
      optional(tokenCache, undefined),
    ),
  },
  exactlyOne("domainPrefix", "tokenDomain", "the token endpoint has one host"),
);

/** What one environment says, with positions. */
export type EnvironmentContent = ValueOf<typeof environment>;

/** What the names of the environment's resources begin with; empty where domainPrefix or tokenDomain was wrong. */
export function prefixOf({ domainPrefix, tokenDomain }: EnvironmentContent): string {
  return domainPrefix?.text ?? tokenDomain?.name.text.replaceAll(".", "-") ?? "";
}

/** Where Terraform keeps the environment's state. */
export function backendOf(name: string, { backend, region: home }: EnvironmentContent): Backend {
  if (backend?.s3 !== undefined) {
    const { bucket, region: ofBucket, key, kmsKeyArn } = backend.s3;
    return {
      kind: "s3",
      bucket: bucket.text,
      region: (ofBucket ?? home).text,
      key: key?.text ?? `machine-access/${name}.tfstate`,
      kmsKeyArn: kmsKeyArn?.text,
    };
  }
  if (backend?.hcp !== undefined) {
    const { organization, workspace, hostname } = backend.hcp;
    const texts = { organization: organization.text, workspace: workspace.text };
    return { kind: "hcp", ...texts, hostname: hostname?.text ?? "app.terraform.io" };
  }
  return { kind: "local" };
}
