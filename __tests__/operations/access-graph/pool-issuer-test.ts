import { cognitoUrl, issuersOfPool, isUpdatedIssuer } from "../../../operations/access-graph/pool-issuer";

const ORIGINAL = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abcdefghi";
const UPDATED = "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abcdefghi";

describe("the issuers of a pool", () => {
  it.each([ORIGINAL, UPDATED])("are found from either: %s", (issuer) => {
    expect(issuersOfPool(issuer)).toEqual([ORIGINAL, UPDATED]);
    expect(cognitoUrl(issuer)).toBe("https://cognito-idp.eu-west-1.amazonaws.com/");
    expect(isUpdatedIssuer(issuer)).toBe(issuer === UPDATED);
  });

  it.each(["", "https://login.example.com/eu-west-1_abcdefghi", `${ORIGINAL}/more`])(
    "are the issuer alone where it is not that of a user pool: %j",
    (issuer) => {
      expect([issuersOfPool(issuer), cognitoUrl(issuer), isUpdatedIssuer(issuer)]).toEqual([
        [issuer],
        undefined,
        false,
      ]);
    },
  );
});
