import { ApiStack, type GivenRoute } from "../../support/api-stack";

const APP = "https://app.example.com";
const ADMIN = "https://admin.example.com";
const USUAL = "Content-Type,X-Amz-Date,Authorization,X-Api-Key,X-Amz-Security-Token";

const route = (method: string, origins: readonly string[], headers: readonly string[] = []): GivenRoute => ({
  method,
  cors: { origins, headers },
});

/** The headers that are always sent, and the template that may change some. */
function answerOf(routes: readonly GivenRoute[]) {
  const response = new ApiStack({ routes }).at("OPTIONS --access/integration-response");
  const parameters = Object.entries(response["response_parameters"] as Readonly<Record<string, string>>);
  const templates = response["response_templates"] as Readonly<Record<string, string>> | undefined;
  const headers = parameters.map(([name, value]) => [name.replace("method.response.header.", ""), value.slice(1, -1)]);
  return { headers: Object.fromEntries(headers), template: templates?.["application/json"] };
}

/** What API Gateway makes of the template: the headers that a request with the given ones changes. */
function overridesOf(template: string, sent: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const overrides: Record<string, string> = {};
  let isOpen = true;
  let isDone = false;
  for (const line of template.split("\n")) {
    const condition = /^#(?:else)?if\((.*)\)$/.exec(line)?.[1];
    const [, header, value] = /^#set\(\$context\.responseOverride\.header\.([\w-]+) = '([^']*)'\)$/.exec(line) ?? [];
    if (condition !== undefined) {
      const terms = [...condition.matchAll(/\$headers\.get\('(\w+)'\) == '([^']*)'/g)];
      isOpen = !isDone && terms.some(([, name = "", expected]) => sent[name] === expected);
      isDone ||= isOpen;
    } else if (header !== undefined && isOpen) {
      if (header in overrides) throw new Error(`${header} is changed twice`);
      overrides[header] = value ?? "";
    }
  }
  return overrides;
}

/** All that a browser reads that asks from the origin. */
function answerTo(sent: Readonly<Record<string, string>>, routes: readonly GivenRoute[]) {
  const { headers, template = "" } = answerOf(routes);
  return { ...headers, ...overridesOf(template, sent) };
}

describe("Preflight", () => {
  it("is open to everybody and answered by API Gateway itself", () => {
    const stack = new ApiStack({ routes: [route("POST", ["*"])] });

    expect(stack.at("OPTIONS --access/method")).toMatchObject({ http_method: "OPTIONS", authorization: "NONE" });
    expect(stack.at("OPTIONS --access/integration")).toMatchObject({
      passthrough_behavior: "NEVER",
      request_templates: { "application/json": '{"statusCode": 200}' },
      type: "MOCK",
    });
    expect(stack.at("OPTIONS --access/method-response")).toMatchObject({ status_code: "200" });
  });

  it("lets every origin call with the usual headers, and asks again after ten minutes", () => {
    expect(answerOf([route("POST", ["*"])])).toEqual({
      headers: {
        "Access-Control-Allow-Headers": USUAL,
        "Access-Control-Allow-Methods": "OPTIONS,POST",
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Max-Age": "600",
      },
      template: undefined,
    });
  });

  it("names the only origin, and that the answer is no other's", () => {
    expect(answerOf([route("POST", [APP], ["X-Id"])])).toEqual({
      headers: {
        "Access-Control-Allow-Headers": `${USUAL},X-Id`,
        "Access-Control-Allow-Methods": "OPTIONS,POST",
        "Access-Control-Allow-Origin": APP,
        "Access-Control-Max-Age": "600",
        Vary: "Origin",
      },
      template: undefined,
    });
  });

  it("declares every header that it sends, and never allows credentials", () => {
    const stack = new ApiStack({ routes: [route("POST", [APP])] });
    const { response_parameters: declared } = stack.at("OPTIONS --access/method-response");
    const { response_parameters: sent } = stack.at("OPTIONS --access/integration-response");

    expect(declared).toEqual(Object.fromEntries(Object.keys(sent as object).map((name) => [name, true])));
    expect(stack.synthesize()).not.toContain("Allow-Credentials");
  });

  it("has one for each path, with the methods of all its routes", () => {
    const routes = [route("PUT", ["*"]), route("GET", ["*"]), { ...route("GET", ["*"]), path: "/other" }];
    const methods = new ApiStack({ routes })
      .all("aws_api_gateway_integration_response")
      .map((response) => response["response_parameters"])
      .map((parameters) => Object(parameters)["method.response.header.Access-Control-Allow-Methods"]);

    expect(methods).toEqual(["'OPTIONS,GET,PUT'", "'OPTIONS,GET'"]);
  });

  it("has none where no route has CORS", () => {
    expect(new ApiStack().all("aws_api_gateway_integration_response")).toEqual([]);
  });

  describe("for several origins", () => {
    const routes = [route("POST", [APP, ADMIN])];

    it("compares in a template that knows the listed origins only", () => {
      expect(answerOf(routes).template).toBe(
        [
          "#set($headers = $input.params().header)",
          `#if($headers.get('Origin') == '${APP}' || $headers.get('origin') == '${APP}')`,
          `#set($context.responseOverride.header.Access-Control-Allow-Origin = '${APP}')`,
          "#end",
        ].join("\n"),
      );
    });

    it.each([ADMIN, APP])("names %s to itself, in the spelling of HTTP/1.1 and of HTTP/2", (origin) => {
      for (const name of ["Origin", "origin"]) {
        expect(answerTo({ [name]: origin }, routes)).toMatchObject({
          "Access-Control-Allow-Origin": origin,
          Vary: "Origin",
        });
      }
    });

    it.each([
      ["another origin", { Origin: "https://evil.example.com" }],
      ["an origin that begins like a listed one", { Origin: `${APP}.evil.example` }],
      ["the origin null of a sandboxed page", { Origin: "null" }],
      ["a listed origin in another header", { Referer: APP }],
      ["no origin", {}],
    ])("names a listed origin to %s, which its browser takes for a no", (_who, sent) => {
      expect(answerTo(sent, routes)).toMatchObject({ "Access-Control-Allow-Origin": ADMIN, Vary: "Origin" });
    });

    it("never sends back what the request says, nor reads its query string", () => {
      expect(answerOf(routes).template).not.toMatch(/= \$headers|\$input\.params\(['"]/);
    });

    it("changes no header twice, which would be a 500, even for two origins at once", () => {
      const three = [route("POST", [APP, ADMIN, "https://third.example.com"])];

      expect(answerTo({ Origin: APP, origin: "https://third.example.com" }, three)).toMatchObject({
        "Access-Control-Allow-Origin": APP,
      });
    });
  });

  describe("for routes of one path that differ", () => {
    const routes = [route("GET", ["*"]), route("PUT", [APP], ["X-App"]), route("DELETE", [ADMIN]), { method: "POST" }];

    it.each([
      [{}, "*", "OPTIONS,GET", USUAL],
      [{ origin: "https://evil.example.com" }, "*", "OPTIONS,GET", USUAL],
      [{ origin: APP }, APP, "OPTIONS,GET,PUT", `${USUAL},X-App`],
      [{ origin: ADMIN }, ADMIN, "OPTIONS,DELETE,GET", USUAL],
    ])("tells %j only what it may do", (sent, origin, methods, headers) => {
      expect(answerTo(sent, routes)).toEqual({
        "Access-Control-Allow-Headers": headers,
        "Access-Control-Allow-Methods": methods,
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Max-Age": "600",
        Vary: "Origin",
      });
    });
  });
});

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

  it("are AWS's own where no route has CORS", () => {
    expect(refusalsFor([])).toEqual([]);
  });
});
