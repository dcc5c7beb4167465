/** Where what an environment refers to must be: in its region, or another that AWS says, and in its account. */
import { partsOf } from "./arn";
import type { AccessFile } from "./file";
import { quote } from "./nearest-name";
import type { AccessContent } from "./settings";
import type { Located } from "./shape";

/** An ARN and where it must be. */
interface Referred {
  readonly arn: Located | undefined;
  /** What mistakes call it: `topicArn of alarms`. */
  readonly setting: string;
  /** The region that it must be in; empty when nobody knows. */
  readonly region: string;
  /** Why: completes "…, but". */
  readonly why: string;
}

/** Cognito serves hosts of one's own by CloudFront, which takes certificates from one region. */
const REGION_OF_TOKEN_CERTIFICATE = "us-east-1";

/** Reports ARNs of another region or account than the environment can use. */
export function checkHomes({ name, value }: AccessContent["environments"][number], file: AccessFile): void {
  const { region, tokenDomain, apiDomain, alarms, accountId } = value;
  const home = region.text;
  const own = `environment ${quote(name)} is in ${home}`;
  const referred: readonly Referred[] = [
    {
      arn: tokenDomain?.certificateArn,
      setting: "certificateArn of tokenDomain",
      region: REGION_OF_TOKEN_CERTIFICATE,
      why: `Cognito takes certificates from ${REGION_OF_TOKEN_CERTIFICATE} only`,
    },
    { arn: apiDomain?.certificateArn, setting: "certificateArn of apiDomain", region: home, why: own },
    { arn: alarms?.topicArn, setting: "topicArn of alarms", region: home, why: own },
  ];
  for (const { arn, setting, region: expected, why } of referred) {
    if (arn === undefined || arn.text === "") continue;
    const parts = partsOf(arn);
    const subject = `${setting} of environment ${quote(name)}`;
    if (expected !== "" && parts.region !== expected) {
      file.report(arn.at, `${subject} is in ${parts.region}, but ${why}. Name one in ${expected}.`);
    }
    const account = accountId?.text ?? "";
    if (account !== "" && parts.account !== account) {
      const belongs = `but accountId of the environment is ${account}. Name one of that account`;
      file.report(arn.at, `${subject} is of account ${parts.account}, ${belongs}.`);
    }
  }
  checkStateKey(name, value.backend?.s3, home, file);
}

/** A bucket encrypts with keys of its own region. */
function checkStateKey(
  name: string,
  s3: NonNullable<AccessContent["environments"][number]["value"]["backend"]>["s3"],
  home: string,
  file: AccessFile,
): void {
  const bucket = s3?.region?.text ?? home;
  const key = s3?.kmsKeyArn;
  if (key === undefined || key.text === "" || bucket === "" || partsOf(key).region === bucket) return;
  const is = `kmsKeyArn of s3 of backend of environment ${quote(name)} is in ${partsOf(key).region}`;
  file.report(key.at, `${is}, but the bucket is in ${bucket}. Name one in ${bucket}.`);
}
