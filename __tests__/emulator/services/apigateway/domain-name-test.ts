/** Custom domains of REST APIs: what API Gateway refuses, and what cannot be deleted because of them. */

import { AwsError, UnsupportedError } from "../../../../emulator/errors";
import { mappings } from "../../../../emulator/services/apigateway/records";
import { type Attributes, text } from "../../../../emulator/terraform/attributes";
import { Examples } from "../../../support/examples";
import { kindOf, openAccount, Workspace } from "../../../support/workspace";

jest.mock("../../../../emulator/services/cognito/signing-keys", () => ({ generateSigningKeys: async () => [] }));

const DOMAIN = "aws_api_gateway_domain_name";
const MAPPING = "aws_api_gateway_base_path_mapping";
const API = "aws_api_gateway_rest_api";
const STAGE = "aws_api_gateway_stage";
const CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/0123abcd";

const badRequest = (message: string) => new AwsError("BadRequestException", message, 400);

let examples: Examples;
beforeEach(() => {
  examples = new Examples();
});

describe(DOMAIN, () => {
  it("has a name and a zone of API Gateway for DNS to point to", async () => {
    expect(await examples.make(DOMAIN)).toMatchObject({
      id: "api.example.com",
      arn: "arn:aws:apigateway:eu-west-1::/domainnames/api.example.com",
      regional_domain_name: expect.stringMatching(/^d-[a-z0-9]{10}\.execute-api\.eu-west-1\.amazonaws\.com$/),
      regional_zone_id: "ZLY8HYME6SFDD",
      security_policy: "TLS_1_2",
    });
  });

  it("is made with TLS 1.2 at least when nothing is said", async () => {
    expect(await examples.another(DOMAIN, { security_policy: null })).toMatchObject({ security_policy: "TLS_1_2" });
  });

  it.each([
    ["types EDGE", { endpoint_configuration: [{ types: ["EDGE"] }] }],
    ["types PRIVATE", { endpoint_configuration: [{ types: ["PRIVATE"] }] }],
    ["types EDGE", { endpoint_configuration: [] }],
    ["security_policy SSL_3", { endpoint_configuration: [{ types: ["REGIONAL"] }], security_policy: "SSL_3" }],
  ])("is refused by name with %s", (name, config) => {
    expect(() => kindOf(DOMAIN).validate?.(config)).toThrow(UnsupportedError);
    expect(() => kindOf(DOMAIN).validate?.(config)).toThrow(`${DOMAIN}.${name} is not emulated.`);
  });

  it.each(["certificate_arn", "certificate_body", "mutual_tls_authentication", "policy"])("refuses %s", (name) => {
    expect(kindOf(DOMAIN).refused).toContain(name);
  });

  it("is refused without a certificate, and with one of another region", async () => {
    await expect(examples.another(DOMAIN, { regional_certificate_arn: null })).rejects.toEqual(
      badRequest("A certificate was not provided for the endpoint type REGIONAL."),
    );
    const regional_certificate_arn = CERTIFICATE.replace("eu-west-1", "us-east-1");
    const refusal = badRequest(
      `Invalid certificate ARN: ${regional_certificate_arn}. Certificate must be in 'eu-west-1'.`,
    );
    await expect(examples.another(DOMAIN, { regional_certificate_arn })).rejects.toEqual(refusal);
    const made = await examples.make(DOMAIN);
    const changed = await examples.configOf(DOMAIN, { regional_certificate_arn });
    await expect(examples.workspace.update(DOMAIN, made, changed)).rejects.toEqual(refusal);
  });

  it.each(["", "example", "API.example.com", "api.example.com.", "*.example.com", "a b.example.com", "-a.example.com"])(
    "must not be called %j",
    async (domain_name) => {
      await expect(examples.another(DOMAIN, { domain_name })).rejects.toEqual(
        badRequest(`Invalid domain name: ${domain_name}`),
      );
    },
  );

  it("is there once in a region, and here in one region only", async () => {
    const account = openAccount();
    await new Examples(new Workspace(account)).make(DOMAIN);
    await expect(new Examples(new Workspace(account)).make(DOMAIN)).rejects.toEqual(
      badRequest("The domain name you provided already exists."),
    );
    await expect(new Examples(new Workspace(account, "us-east-1")).make(DOMAIN)).rejects.toThrow(
      new UnsupportedError("api.example.com in two regions is not emulated: it is in eu-west-1 already."),
    );
  });

  it("takes its mappings with it, and no others", async () => {
    await examples.make(MAPPING);
    await examples.another(DOMAIN, { domain_name: "other.example.com" });
    await examples.another(MAPPING, { domain_name: "other.example.com" });
    await examples.workspace.destroy(DOMAIN, await examples.make(DOMAIN));

    expect(mappings.list(examples.workspace.place)).toMatchObject([{ domainName: "other.example.com" }]);
  });
});

describe(MAPPING, () => {
  it.each([
    [{}, "api.example.com/"],
    [{ base_path: "" }, "api.example.com/"],
    [{ base_path: "orders" }, "api.example.com/orders"],
  ])("has an id of domain and base path: %j", async (changes, id) => {
    expect(await examples.another(MAPPING, changes)).toMatchObject({ id });
  });

  it("reads the base path (none) as empty, as the real provider does", async () => {
    expect(await examples.another(MAPPING, { base_path: "(none)" })).toMatchObject({ base_path: "" });
  });

  it.each<readonly [string, Attributes, AwsError]>([
    [
      "a domain that does not exist",
      { domain_name: "gone.example.com" },
      new AwsError("NotFoundException", "Invalid domain name identifier specified", 404),
    ],
    ["an API that does not exist", { api_id: "gone" }, badRequest("Invalid REST API identifier specified")],
    ["a stage that does not exist", { stage_name: "prod" }, badRequest("Invalid stage identifier specified")],
    [
      "a base path of several parts",
      { base_path: "orders/v1" },
      badRequest(
        "API Gateway V1 doesn't support the slash character (/) in base path mappings. To create a multi-level base path mapping, use API Gateway V2.",
      ),
    ],
    [
      "a base path with a space",
      { base_path: "or ders" },
      badRequest("Invalid base path: or ders. It may only contain letters, numbers and $-_.+!*'()"),
    ],
  ])("is refused for %s", async (_, changes, refusal) => {
    await expect(examples.another(MAPPING, changes)).rejects.toEqual(refusal);
    const mapping = await examples.make(MAPPING);
    if ("domain_name" in changes) return;
    const changed = await examples.configOf(MAPPING, changes);
    await expect(examples.workspace.update(MAPPING, mapping, changed)).rejects.toEqual(refusal);
  });

  it.each([[null], [""], ["(none)"]])("is there once for every path, also spelled %j", async (base_path) => {
    await examples.make(MAPPING);
    await expect(examples.another(MAPPING, { base_path })).rejects.toEqual(
      new AwsError("ConflictException", "Base path already exists for this domain name", 409),
    );
  });

  it("moves to another base path, and leaves the old one free", async () => {
    const mapping = await examples.make(MAPPING);
    const config = await examples.configOf(MAPPING, { base_path: "orders" });
    const moved = await examples.workspace.update(MAPPING, mapping, config);

    expect(moved).toMatchObject({ id: "api.example.com/orders", base_path: "orders" });
    expect(mappings.list(examples.workspace.place)).toHaveLength(1);
    expect(await examples.workspace.refresh(MAPPING, mapping)).toBeNull();
    await expect(examples.another(MAPPING)).resolves.toMatchObject({ id: "api.example.com/" });
  });

  it("cannot move to a base path that is taken", async () => {
    const mapping = await examples.make(MAPPING);
    await examples.another(MAPPING, { base_path: "orders" });
    const config = await examples.configOf(MAPPING, { base_path: "orders" });

    await expect(examples.workspace.update(MAPPING, mapping, config)).rejects.toMatchObject({
      name: "ConflictException",
    });
  });

  it("keeps the API and the stage that it leads to from being deleted", async () => {
    const mapping = await examples.make(MAPPING);
    const [api, stage] = [await examples.make(API), await examples.make(STAGE)];
    const message = (what: string) =>
      `Deleting ${what} failed. Please remove all base path mappings related to the ${what} in your domains: api.example.com`;

    await expect(examples.workspace.destroy(API, api)).rejects.toEqual(badRequest(message("RestApi")));
    await expect(examples.workspace.destroy(STAGE, stage)).rejects.toEqual(badRequest(message("stage")));
    await examples.workspace.destroy(MAPPING, mapping);
    await expect(examples.workspace.destroy(STAGE, stage)).resolves.toBeUndefined();
    await expect(examples.workspace.destroy(API, api)).resolves.toBeUndefined();
  });

  it("does not stand in the way of another API and another stage", async () => {
    await examples.make(MAPPING);
    const [api, stage] = [await examples.another(API), await examples.another(STAGE, { stage_name: "prod" })];

    await expect(examples.workspace.destroy(STAGE, stage)).resolves.toBeUndefined();
    await expect(examples.workspace.destroy(API, api)).resolves.toBeUndefined();
    expect(text(await examples.make(MAPPING), "stage_name")).toBe("dev");
  });
});
