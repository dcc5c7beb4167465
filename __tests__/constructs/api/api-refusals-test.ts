import { ApiStack } from "../../support/api-stack";

const APP = "https://app.example.com";
const ADMIN = "https://admin.example.com";

/** An API with a route for each list of origins; an empty one means no CORS. */
function refusalsFor(...lists: readonly (readonly string[])[]) {
  const routes = lists.map((origins, index) => ({
    path: `/path${index}`,
    cors: origins.length === 0 ? undefined : { origins, headers: ["X-Extra"] },
  }));
  return new ApiStack({ routes }).all("aws_api_gateway_gateway_response");
}

describe("readableRefusals", () => {
  it("lets pages read refusals of every kind, with their own status and message", () => {
    expect(refusalsFor(["*"])).toEqual(
      ["DEFAULT_4XX", "DEFAULT_5XX", "UNAUTHORIZED"].map((response_type) => ({
        response_parameters: {
          "gatewayresponse.header.Access-Control-Allow-Headers":
            "'Content-Type,X-Amz-Date,Authorization,X-Api-Key,X-Amz-Security-Token'",
          "gatewayresponse.header.Access-Control-Allow-Origin": "'*'",
        },
        response_templates: { "application/json": '{"message":$context.error.messageString}' },
        response_type,
        // AWS tells the status of a response that is not a default, so that a plan would take it away each time.
        ...(response_type === "UNAUTHORIZED" ? { status_code: "401" } : {}),
        rest_api_id: expect.anything(),
      })),
    );
  });

  it.each([
    ["the only origin", [[APP], [APP], []], `'${APP}'`],
    ["everybody, when one route allows everybody", [[APP], ["*"]], "'*'"],
    ["everybody, when there are several origins: a refusal tells no more than that", [[APP], [ADMIN]], "'*'"],
  ])("allows %s", (_whom, lists, expected) => {
    for (const response of refusalsFor(...lists)) {
      expect(response["response_parameters"]).toMatchObject({
        "gatewayresponse.header.Access-Control-Allow-Origin": expected,
      });
    }
  });

  it("never allows credentials", () => {
    expect(JSON.stringify(refusalsFor(["*"], [APP]))).not.toContain("Allow-Credentials");
  });

  it("are AWS's own where no route has CORS", () => {
    expect(refusalsFor([])).toEqual([]);
  });
});
