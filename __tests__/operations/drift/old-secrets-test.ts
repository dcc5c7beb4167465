/** Secrets of clients that are older than access.yaml allows. */

import { findUnmanaged, UNMANAGED_KINDS } from "../../../operations/deployed/unmanaged";
import { driftText, reportOf } from "../../../operations/drift/drift-text";
import { oldSecrets } from "../../../operations/drift/old-secrets";
import { type Aws, AwsError } from "../../../platform/aws";

const NOW = Date.parse("2026-11-30T12:00:00Z");
const DAY = 86_400_000;

const client = (name: string) => ({
  address: `aws_cognito_user_pool_client.${name}`,
  type: "aws_cognito_user_pool_client",
  values: { name, id: `${name}-id`, user_pool_id: "eu-west-1_AAAAAAAAA" },
});
const left = [client("shop"), client("jobs"), client("free")];

/** @param ages of secrets by client id, in days */
function look(ages: Readonly<Record<string, readonly number[]>>, fail?: AwsError) {
  const asked: string[] = [];
  const cognito = {
    listUserPoolClientSecrets: async ({ ClientId = "" }) => {
      asked.push(ClientId);
      if (fail !== undefined) throw fail;
      const dates = (ages[ClientId] ?? []).map((days) => new Date(NOW - days * DAY));
      return { ClientSecrets: dates.map((ClientSecretCreateDate) => ({ ClientSecretCreateDate })) };
    },
  };
  const clients = () => ({ cognito: async () => cognito }) as unknown as Aws;
  const rotateAfterDays = new Map([
    ["shop", 90],
    ["jobs", 30],
  ]);
  const kinds = [
    ...UNMANAGED_KINDS.filter(({ attribute }) => attribute === "client_secrets"),
    oldSecrets(rotateAfterDays, NOW),
  ];
  return { asked, result: findUnmanaged(left, { environment: "dev", kinds, clients, isLenient: true }) };
}

describe("oldSecrets", () => {
  it("finds secrets that are accepted and too old, of clients with a limit alone, and lists those of a client once", async () => {
    const { asked, result } = look({ "shop-id": [1, 90.5], "jobs-id": [29.9], "free-id": [900] });

    const { findings: all, notChecked } = await result;
    const findings = all.filter(({ attribute }) => attribute === "secret age");

    expect(asked).toEqual(["shop-id", "jobs-id", "free-id"]);
    expect(all).toHaveLength(2);
    expect(notChecked).toEqual([]);
    expect(findings).toEqual([
      {
        address: "aws_cognito_user_pool_client.shop",
        attribute: "secret age",
        expected: '"rotated after 90 days"',
        found: '"created 2026-09-01"',
        verdict: "rotation-due",
        severity: "warning",
        undo: "npx access rotate shop --env dev --to <file>",
      },
    ]);
    expect(driftText(reportOf("dev", "x", { findings, expired: [], unused: [] }))).toContain(
      "  npx access rotate shop",
    );
  });

  it("says what AWS refuses to list, and fails where AWS cannot be reached", async () => {
    const operation = "cognito-idp:ListUserPoolClientSecrets";
    const refused = await look({}, new AwsError(operation, "AccessDeniedException", 400, "refused")).result;

    expect(refused.findings).toEqual([]);
    const ofAge = refused.notChecked.filter(({ attribute }) => attribute === "secret age");
    expect(ofAge).toHaveLength(2);
    expect(ofAge[0]).toMatchObject({ attribute: "secret age", operation, code: "AccessDeniedException" });
    const unreachable = new AwsError(operation, "TimeoutError", undefined, "could not be reached");
    await expect(look({}, unreachable).result).rejects.toThrow("could not be reached");
  });

  it("finds nothing where a client is gone", async () => {
    const gone = new AwsError("x", "ResourceNotFoundException", 400, "gone");
    expect(await look({}, gone).result).toEqual({ findings: [], notChecked: [] });
  });
});
