import { join } from "node:path";
import type { ApiMethod } from "../../../operations/deployed/api-method";
import { judgeResponse } from "../../../operations/verify/judgement";
import { PLACEHOLDER } from "../../../operations/verify/probes";
import { stageUrl, staleAdvice, staleProbes, staleRoutesIn } from "../../../operations/verify/stale-routes";
import { userFolder } from "../../../platform/project";

const DEPLOYMENT = "aws_api_gateway_deployment.api";

function method(changes: Partial<ApiMethod> = {}): ApiMethod {
  const rest = { authorization_scopes: [], token_header: "", provider_arns: [], integration_uri: "" };
  return { authorization: "NONE", integration_type: "HTTP_PROXY", ...rest, ...changes };
}

const stale = (live: Readonly<Record<string, ApiMethod>>, ...managed: readonly string[]) =>
  staleRoutesIn(new Map(Object.entries(live)), new Set(managed), DEPLOYMENT);

describe("staleRoutesIn", () => {
  it("finds what is in the snapshot and not in the state, except preflights", () => {
    const live = {
      "GET /here": method(),
      "GET /old": method(),
      "POST /old": method({ authorization: "COGNITO_USER_POOLS", integration_type: "AWS_PROXY" }),
      "OPTIONS /old": method({ integration_type: "MOCK" }),
      "OPTIONS /open": method(),
    };

    expect(stale(live, "GET /here")).toMatchObject([
      { route: "GET /old", isPublic: true, behind: "HTTP backend", methods: ["GET"] },
      { route: "POST /old", isPublic: false, behind: "function", methods: ["POST"] },
      { route: "OPTIONS /open", isPublic: true, behind: "HTTP backend", methods: ["OPTIONS"] },
    ]);
  });

  it("tests ANY by methods that have no route of their own", () => {
    expect(stale({ "ANY /a": method(), "GET /a": method() }, "GET /a")).toMatchObject([
      { route: "ANY /a", methods: ["POST", "PUT"] },
    ]);
  });
});

const [old] = stale({ "GET /old/{id}": method() });

it("sends requests without a token, with placeholders for parameters", () => {
  expect(old && staleProbes(old, "https://api/dev")).toMatchObject([
    { url: `https://api/dev/old/${PLACEHOLDER}`, token: undefined, expected: "stale-route" },
  ]);
});

it("advises a command with the path of the stack as seen from the user's folder", () => {
  expect(old && staleAdvice(old, join(userFolder, "cdktf.out", "stacks", "dev")).commands).toEqual([
    `terraform -chdir=cdktf.out/stacks/dev apply -replace=${DEPLOYMENT}`,
  ]);
});

describe("a route that was added out of band", () => {
  const removal = "aws apigateway delete-method --http-method GET";
  const added = old && { ...old, removal };

  it("must be denied by API Gateway: an error of its integration is an unexpected allow", () => {
    const [probe] = added === undefined ? [] : staleProbes(added, "https://api/dev");
    const headers = { "x-amzn-errortype": "InternalServerErrorException" };

    expect(probe).toMatchObject({ caller: "no token", expected: "deny-by-gateway" });
    expect(probe && judgeResponse({ ...probe, behind: "function" }, { status: 500, headers, body: "" }).verdict).toBe(
      "unexpected-allow",
    );
  });

  it("is removed before the API is deployed again", () => {
    expect(added && staleAdvice(added, join(userFolder, "cdktf.out", "stacks", "dev"))).toEqual({
      text: "GET /old/{id} was added out of band, and answers until it is removed and the API is deployed again",
      commands: [removal, `terraform -chdir=cdktf.out/stacks/dev apply -replace=${DEPLOYMENT}`],
    });
  });
});

it("finds the stage's URL in those of its routes", () => {
  expect(stageUrl({ "GET /a/{id}": "https://api/dev/a/{id}" })).toBe("https://api/dev");
  expect(stageUrl({})).toBeUndefined();
});
