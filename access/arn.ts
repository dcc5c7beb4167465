/** What the access model says of things that AWS or the network knows already: regions, ARNs, hosts. */
import { text } from "./scalar";
import type { Located, Shape } from "./shape";

const REGION = "[a-z]{2}(-[a-z]+)+-\\d";
const LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";

/** Names of hosts without anchors: labels, at least one dot, and an end that is not a number. */
export const HOST = `(${LABEL}\\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?`;

/** AWS regions. */
export function region(): Shape<Located> {
  return text('an AWS region such as "ap-northeast-1"', new RegExp(`^${REGION}$`));
}

/** Names of hosts up to a length, with at least one dot and up to 63 characters between dots. */
export function hostName(maxLength: number): Shape<Located> {
  const pattern = new RegExp(`^(?=.{1,${maxLength}}$)${HOST}$`);
  return text(`a host name in lower case such as "auth.example.com", with up to ${maxLength} characters`, pattern);
}

/** Certificates of AWS Certificate Manager. */
export function certificateArn(): Shape<Located> {
  return regionalArn("a certificate", "acm", "certificate/[\\w-]+", "certificate/1234-abcd");
}

/** Topics of SNS; alarms take none that are FIFO, whose names have a dot. */
export function topicArn(): Shape<Located> {
  return regionalArn("an SNS topic", "sns", "[\\w-]{1,256}", "alarms");
}

/** Keys of KMS, not their aliases. */
export function keyArn(): Shape<Located> {
  return regionalArn("a KMS key", "kms", "key/[\\w-]+", "key/1234-abcd");
}

/** Roles and users of IAM, by name. */
export function principalArn(): Shape<Located> {
  return text(
    'the ARN of an IAM role or user without wildcards, such as "arn:aws:iam::123456789012:role/billing"',
    /^arn:aws(-cn|-us-gov)?:iam::\d{12}:(role|user)\/([\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/,
  );
}

/** Returns region and account of an ARN. Both are empty where the ARN was wrong; IAM's have no region. */
export function partsOf({ text: arn }: Located): { readonly region: string; readonly account: string } {
  const [, , , region = "", account = ""] = arn.split(":");
  return { region, account };
}

function regionalArn(what: string, service: string, name: string, example: string): Shape<Located> {
  return text(
    `the ARN of ${what}, such as "arn:aws:${service}:eu-west-1:123456789012:${example}"`,
    new RegExp(`^arn:aws(-cn|-us-gov)?:${service}:${REGION}:\\d{12}:${name}$`),
  );
}
