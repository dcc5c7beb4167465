/** ARNs as settings. */
import { text } from "./setting";

/** Source of a pattern: the beginning of an ARN, in any partition. */
export const ARN_START = "^arn:aws(-cn|-us-gov)?";

/** Source of a pattern: a region. */
export const REGION = "[a-z]{2}(-[a-z]+)+-\\d";

/** The ARN of a resource that has a region and an account. */
export function arnOf(what: string, service: string, name: string, example: string) {
  const expected = `the ARN of ${what}, such as "arn:aws:${service}:eu-west-1:123456789012:${example}"`;
  return text(expected, new RegExp(`${ARN_START}:${service}:${REGION}:\\d{12}:${name}$`));
}

/** Keys of KMS, not their aliases. */
export const keyArn = arnOf("a KMS key", "kms", "key/[\\w-]+", "key/1234-abcd");
