/** Where what an environment refers to must be. */
import { fileWith, mistakesIn, parse } from "../support/access-text";

const certificate = (region: string, account = "111111111111") => `arn:aws:acm:${region}:${account}:certificate/1`;
const topic = (region: string, account = "111111111111") => `arn:aws:sns:${region}:${account}:pager`;

/** A file whose only environment has its settings on lines of their own, from line 3 on: region, then the given. */
function fileOf(...settings: readonly string[]): string {
  const lines = ["region: eu-west-1", ...settings].map((setting) => `\n    ${setting}`);
  return fileWith({ environments: `  dev:${lines.join("")}` });
}

const tokenDomain = (arn: string) => `tokenDomain: { name: auth.example.com, certificateArn: "${arn}" }`;
const apiDomain = (arn: string) => `apiDomain: { name: api.example.com, certificateArn: "${arn}" }`;
const account = 'accountId: "111111111111"';

describe("parseAccessModel refuses, of what environments refer to", () => {
  it("nothing that is where it must be", () => {
    const text = fileOf(
      tokenDomain(certificate("us-east-1")),
      apiDomain(certificate("eu-west-1")),
      `alarms: { topicArn: "${topic("eu-west-1")}" }`,
      account,
    );
    expect(() => parse(text)).not.toThrow();
  });

  it("a certificate of the token endpoint outside of us-east-1, even in the environment's region", () => {
    expect(mistakesIn(fileOf(tokenDomain(certificate("eu-west-1"))))).toEqual([
      '4:60: certificateArn of tokenDomain of environment "dev" is in eu-west-1, but Cognito takes certificates from us-east-1 only. Name one in us-east-1.',
    ]);
  });

  it("a certificate of the API, or a topic, outside of the environment's region", () => {
    const text = fileOf(
      "domainPrefix: d",
      apiDomain(certificate("us-east-1")),
      `alarms: { topicArn: "${topic("eu-west-2")}" }`,
    );
    expect(mistakesIn(text)).toEqual([
      '5:57: certificateArn of apiDomain of environment "dev" is in us-east-1, but environment "dev" is in eu-west-1. Name one in eu-west-1.',
      '6:25: topicArn of alarms of environment "dev" is in eu-west-2, but environment "dev" is in eu-west-1. Name one in eu-west-1.',
    ]);
  });

  it("certificates and topics of another account", () => {
    const text = fileOf(
      tokenDomain(certificate("us-east-1", "222222222222")),
      apiDomain(certificate("eu-west-1", "333333333333")),
      `alarms: { topicArn: "${topic("eu-west-1", "444444444444")}" }`,
      account,
    );
    const but = "but accountId of the environment is 111111111111. Name one of that account.";
    expect(mistakesIn(text)).toEqual([
      `4:60: certificateArn of tokenDomain of environment "dev" is of account 222222222222, ${but}`,
      `5:57: certificateArn of apiDomain of environment "dev" is of account 333333333333, ${but}`,
      `6:25: topicArn of alarms of environment "dev" is of account 444444444444, ${but}`,
    ]);
  });

  it("a key outside of the region of the state's bucket", () => {
    const key = "kmsKeyArn: arn:aws:kms:eu-west-2:111111111111:key/1";
    const text = (region: string) => fileOf("domainPrefix: d", `backend: { s3: { bucket: acme, ${region}${key} } }`);
    expect(mistakesIn(text(""))).toEqual([
      '5:47: kmsKeyArn of s3 of backend of environment "dev" is in eu-west-2, but the bucket is in eu-west-1. Name one in eu-west-1.',
    ]);
    expect(() => parse(text("region: eu-west-2, "))).not.toThrow();
  });

  it("nothing of a region or an account that is wrong by itself", () => {
    const text = fileOf("domainPrefix: d", apiDomain(certificate("us-east-1")), "accountId: mine");
    expect(mistakesIn(text.replace("region: eu-west-1", "region: ireland"))).toEqual([
      '3:13: region of environment "dev" must be an AWS region such as "ap-northeast-1", but is "ireland".',
      '6:16: accountId of environment "dev" must be 12 digits, but is "mine".',
    ]);
  });
});
