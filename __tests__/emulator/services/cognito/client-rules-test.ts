/** How long tokens may live, as the real provider says before it plans anything. */

import { checkPlannedClient } from "../../../../emulator/services/cognito/client-rules";
import { UNKNOWN } from "../../../../emulator/terraform/attributes";

describe("checkPlannedClient", () => {
  it.each([
    ["access_token", 299, "seconds", "5m0s and 24h0m0s, got: 4m59s"],
    ["access_token", 86_401, "seconds", "5m0s and 24h0m0s, got: 24h0m1s"],
    ["access_token", 25, "hours", "5m0s and 24h0m0s, got: 25h0m0s"],
    // In a block of units, one that is left out or not known yet is not the usual one, but none.
    ["access_token", 1, null, "5m0s and 24h0m0s, got: 0s"],
    ["access_token", 1, "", "5m0s and 24h0m0s, got: 0s"],
    ["access_token", 1, UNKNOWN, "5m0s and 24h0m0s, got: 0s"],
    ["id_token", 4, "minutes", "5m0s and 24h0m0s, got: 4m0s"],
    ["id_token", 0, "minutes", "5m0s and 24h0m0s, got: 0s"],
    ["refresh_token", 59, "minutes", "1h0m0s and 87600h0m0s, got: 59m0s"],
    ["refresh_token", 3_651, "days", "1h0m0s and 87600h0m0s, got: 87624h0m0s"],
  ])("refuses a %s of %d %s", (token, validity, unit, wanted) => {
    const client = { [`${token}_validity`]: validity, token_validity_units: [{ [token]: unit }] };

    expect(checkPlannedClient(client)).toEqual([
      {
        summary: "Invalid Attribute Value",
        detail: `Attribute ${token}_validity must have a duration between ${wanted}`,
        steps: [`${token}_validity`],
      },
    ]);
  });

  it.each([
    ["access_token", 300, "seconds"],
    ["access_token", 1, "days"],
    ["id_token", 24, "hours"],
    ["refresh_token", 60, "minutes"],
    ["refresh_token", 3_650, "days"],
    ["access_token", null, null],
    ["access_token", UNKNOWN, null],
  ])("takes a %s of %p %p", (token, validity, unit) => {
    const client = { [`${token}_validity`]: validity, token_validity_units: [{ [token]: unit }] };

    expect(checkPlannedClient(client)).toEqual([]);
  });

  it.each([
    ["access_token", 24],
    ["refresh_token", 3_650],
  ])("takes the usual unit of a %s without a block of units", (token, validity) => {
    expect(checkPlannedClient({ [`${token}_validity`]: validity })).toEqual([]);
    expect(checkPlannedClient({ [`${token}_validity`]: validity + 1 })).toHaveLength(1);
  });

  it("waits for units that are not known yet", () => {
    expect(checkPlannedClient({ access_token_validity: 1, token_validity_units: UNKNOWN })).toEqual([]);
  });
});
