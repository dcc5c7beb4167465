import { accessLogFormat } from "../../../constructs/api/access-log";
import { ApiStack } from "../../support/api-stack";

/** Every variable that may be logged, with a value as API Gateway writes it. A token is in none of them. */
const VARIABLES: Readonly<Record<string, string>> = {
  "context.authorizer.claims.client_id": "4rkq0v8d7nqk2j1d3h5f6g7h8j",
  "context.authorizer.claims.scope": "orders/read https://api.example.com/bills/read",
  "context.error.responseType": "EXPIRED_TOKEN",
  "context.extendedRequestId": "dUx3vEOHNjMEaDg=",
  "context.httpMethod": "POST",
  "context.identity.sourceIp": "2001:db8::1",
  "context.integrationLatency": "12",
  "context.integrationStatus": "200",
  "context.requestId": "8f5c6a52-3a0e-4b0c-9a4d-6a1f4bb0c9c1",
  "context.requestTimeEpoch": "1782992567123",
  "context.resourcePath": "/orders/{id}/{proxy+}",
  "context.responseLatency": "15",
  "context.responseLength": "2048",
  "context.status": "401",
  "context.wafResponseCode": "WAF_ALLOW",
};

/** What API Gateway makes of the format. */
function lineOf(format: string, fill: (variable: string) => string): string {
  return format.replace(/\$([A-Za-z_.]*[A-Za-z_])/g, (_whole, variable: string) => fill(variable));
}

function variablesIn(format: string): readonly string[] {
  return [...format.matchAll(/\$([A-Za-z_.]*[A-Za-z_])/g)].map(([, variable = ""]) => variable).sort();
}

describe("accessLogFormat", () => {
  it("logs these variables and no others", () => {
    expect(variablesIn(accessLogFormat(true))).toEqual(Object.keys(VARIABLES));
  });

  it("logs the firewall's verdict only where there is a firewall", () => {
    expect(variablesIn(accessLogFormat(false))).toEqual(
      Object.keys(VARIABLES).filter((variable) => variable !== "context.wafResponseCode"),
    );
  });

  it("never logs headers, error messages, the path that was sent, or more of a token than two claims", () => {
    const format = accessLogFormat(true);

    expect(format).not.toMatch(/header|authorization|message|context\.path|context\.requestOverride/i);
    expect(format.match(/context\.authoriz\w*[.\w]*/g)).toEqual([
      "context.authorizer.claims.client_id",
      "context.authorizer.claims.scope",
    ]);
  });

  it("is JSON in one line for every call", () => {
    const line = lineOf(accessLogFormat(true), (variable) => VARIABLES[variable] ?? "");

    expect(line).not.toContain("\n");
    expect(JSON.parse(line)).toEqual({
      clientId: "4rkq0v8d7nqk2j1d3h5f6g7h8j",
      error: "EXPIRED_TOKEN",
      extendedRequestId: "dUx3vEOHNjMEaDg=",
      integrationLatency: "12",
      integrationStatus: "200",
      ip: "2001:db8::1",
      latency: "15",
      method: "POST",
      requestId: "8f5c6a52-3a0e-4b0c-9a4d-6a1f4bb0c9c1",
      resourcePath: "/orders/{id}/{proxy+}",
      responseLength: "2048",
      scope: "orders/read https://api.example.com/bills/read",
      status: "401",
      time: "1782992567123",
      waf: "WAF_ALLOW",
    });
  });

  it("is JSON even when everything is missing", () => {
    const values = Object.values(JSON.parse(lineOf(accessLogFormat(true), () => "-")));

    expect(new Set(values)).toEqual(new Set(["-"]));
  });
});

describe("AccessLog", () => {
  const stack = new ApiStack({ name: "shop", stageName: "prod", accessLog: { retentionDays: 90 } });

  it("has a log group of its own, with retention", () => {
    expect(stack.at("access-log/group")).toEqual({ name: "/aws/apigateway/shop/prod", retention_in_days: 90 });
  });

  it("is what the stage writes to", () => {
    expect(stack.at("stage")["access_log_settings"]).toEqual({
      destination_arn: expect.stringMatching(/^\$\{aws_cloudwatch_log_group\.\S+\.arn\}$/),
      format: accessLogFormat(false),
    });
  });

  it("knows of the firewall", () => {
    const watched = new ApiStack({ accessLog: { retentionDays: 1 }, firewall: { requestsPerFiveMinutes: 100 } });

    expect(watched.at("stage")["access_log_settings"]).toMatchObject({ format: accessLogFormat(true) });
  });

  it("is not there when it is switched off", () => {
    const silent = new ApiStack({ accessLog: undefined });

    expect(silent.all("aws_cloudwatch_log_group")).toEqual([]);
    expect(silent.at("stage")).not.toHaveProperty("access_log_settings");
  });
});
