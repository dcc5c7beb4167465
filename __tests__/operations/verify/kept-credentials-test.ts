import { checkOfKept, type Kept, readKept } from "../../../operations/verify/kept-credentials";
import { UserError } from "../../../platform/user-error";

const store = { arn: "arn:aws:secretsmanager:eu-west-1:1:secret:a", region: "eu-west-1", scopes: [] };
const credentials = { client_id: "id", client_secret: "hidden", token_url: "https://token", scope: "a/one b/two" };
const deployed = { environment: "dev", clientId: "id", tokenUrl: "https://token", scopes: ["b/two", "a/one"] };

function answering(status: number, body: object) {
  return readKept(store, async () => ({ status, body: JSON.stringify(body) }));
}

describe("readKept", () => {
  it("reads what services read", async () => {
    expect(await answering(200, { SecretString: JSON.stringify(credentials) })).toEqual(credentials);
  });

  it.each([
    ["something else", 200, { SecretString: "password" }],
    ["something else", 200, { SecretString: "{}" }],
    ["something else", 200, {}],
    ["nothing", 400, { __type: "ResourceNotFoundException" }],
    ["not looked at", 400, { __type: "AccessDeniedException" }],
    ["not looked at", 500, {}],
  ])("finds %s for %s %j", async (found, status, body) => {
    expect(await answering(status, body)).toBe(found);
  });

  it("looks at nothing without credentials of its own", async () => {
    const refusing = async () => {
      throw new UserError("AWS_ACCESS_KEY_ID is not set");
    };

    expect(await readKept(store, refusing)).toBe("not looked at");
  });
});

describe("checkOfKept", () => {
  const checked = (kept: Exclude<Kept, "not looked at">) => checkOfKept("billing", kept, deployed);

  it("takes what is deployed, in whatever order its scopes are", () => {
    expect(checked(credentials)).toMatchObject({ outcome: "as expected", found: "as deployed" });
  });

  it.each([
    [{ ...credentials, client_id: "other" }, "another client_id"],
    [{ ...credentials, token_url: "https://elsewhere" }, "another token_url"],
    [{ ...credentials, scope: "a/one" }, "another scope"],
    [{ ...credentials, client_secret: null }, "another client_secret"],
    ["nothing", "nothing in Secrets Manager"],
    ["something else", "something else in Secrets Manager"],
  ] as const)("refuses %j, and says how to mend it", (kept, found) => {
    const check = checked(kept);

    expect(check).toMatchObject({ outcome: "wrong credentials", found });
    expect(check.advice).toContain("npm run rotate -- billing --env dev --deliver");
    expect(JSON.stringify(check)).not.toMatch(/hidden|elsewhere/);
  });
});
