/** A deployment is made anew when, and only when, something that it freezes changes: every field, one by one. */
import type { TerraformResource } from "cdktf";
import type { Route } from "../../../access/access-model";
import type { ProtectedApiProps } from "../../../constructs/protected-api";
import { ApiStack, type GivenApi, type GivenRoute } from "../../support/api-stack";

const APP = "https://app.example.com";
const ADMIN = "https://admin.example.com";
const LIMITS = { requestsPerSecond: 5, burst: 10 };
const certificateArn = "arn:aws:acm:eu-west-1:123456789012:certificate/1";

/** Some of everything: both backends, path parameters, two scopes, ANY, a public route, and CORS of every kind. */
const routes: readonly GivenRoute[] = [
  { method: "GET", path: "/orders/{id}", scopes: ["a/b", "a/c"], cors: { origins: [ADMIN, APP], headers: ["X-Id"] } },
  { method: "ANY", path: "/files/{proxy+}", scopes: ["a/f"], url: "https://files.example.com/v1/{proxy}" },
  { method: "GET", path: "/health", publicReason: "Load balancers ask.", url: "https://up.example.com/health" },
  { method: "POST", path: "/orders", cors: { origins: ["*"], headers: [] }, throttling: LIMITS },
  { method: "PUT", path: "/orders", cors: { origins: [ADMIN], headers: ["X-Admin"] } },
];

const rich = {
  routes,
  accessLog: { retentionDays: 30 },
  throttling: { requestsPerSecond: 100, burst: 200 },
  firewall: { requestsPerFiveMinutes: 1000 },
  domain: { kind: "custom", name: "api.example.com", certificateArn },
} as const satisfies GivenApi;

const before = new ApiStack(rich).trigger;

function triggerOf(changes: GivenApi): string {
  return new ApiStack({ ...rich, ...changes }).trigger;
}

/** The routes with a change of the one at the index. */
function withRoute(index: number, change: GivenRoute): GivenApi {
  return { routes: routes.with(index, { ...routes[index], ...change }) };
}

describe("the redeploy trigger", () => {
  it("is the same each time", () => {
    const stack = new ApiStack(rich);

    expect([stack.trigger, stack.trigger]).toEqual([before, before]);
    expect(before).toMatch(/^[0-9a-f]{64}$/);
  });

  it("is what the deployment is synthesized with", () => {
    expect(new ApiStack(rich).synthesize()).toContain(`"configuration": "${before}"`);
  });

  /** What is frozen of a route, and changes of it. A field that is in neither list does not compile. */
  const frozenOfRoute: Readonly<Record<Exclude<keyof Route, "throttling">, (route: GivenRoute) => GivenRoute[]>> = {
    method: () => [{ method: "DELETE" }],
    path: ({ path }) => [{ path: `/else${path}` }],
    scopes: ({ scopes = [] }) => [{ publicReason: undefined, scopes: [...scopes, "z/new"] }],
    publicReason: ({ publicReason }) => [
      publicReason === undefined
        ? { publicReason: "Why not?", scopes: [] }
        : { publicReason: undefined, scopes: ["a/b"] },
    ],
    cors: ({ cors }) => [
      { cors: cors === undefined ? { origins: ["*"], headers: [] } : undefined },
      { cors: { origins: ["https://new.example.com"], headers: cors?.headers ?? [] } },
      { cors: { origins: cors?.origins ?? ["*"], headers: ["X-New"] } },
    ],
    backend: ({ url }) => (url === undefined ? [{ url: "https://new" }] : [{ url: undefined }, { url: `${url}/new` }]),
  };

  it.each(Object.entries(frozenOfRoute))("changes with the %s of any route", (_field, changesOf) => {
    const changes = routes.flatMap((route, index) => changesOf(route).map((change) => withRoute(index, change)));

    expect(changes.map(triggerOf).filter((trigger) => trigger === before)).toEqual([]);
    expect(changes.length).toBeGreaterThanOrEqual(routes.length);
  });

  it("changes with a route that comes, and with any that goes", () => {
    const added = { routes: [...routes, { path: "/new" }] };
    const removed = routes.map((_route, index) => ({ routes: routes.toSpliced(index, 1) }));

    expect([added, ...removed].map(triggerOf).filter((trigger) => trigger === before)).toEqual([]);
  });

  type OtherSettings = Exclude<keyof ProtectedApiProps, "routes" | "userPool">;
  /** Changes of everything else that a caller can set, by what they are. A setting that is left out does not compile. */
  const changesOfApi: Readonly<Record<OtherSettings, Readonly<Record<string, GivenApi>>>> = {
    name: { "another name, which is the API's own": { name: "other" } },
    stageName: { "another stage": { stageName: "other" } },
    accessLog: {
      "another retention": { accessLog: { retentionDays: 90 } },
      "no access log": { accessLog: undefined },
    },
    throttling: { "other throttling": { throttling: LIMITS }, "no throttling": { throttling: undefined } },
    methodMetrics: { "metrics of methods": { methodMetrics: true } },
    tracing: { tracing: { tracing: true } },
    firewall: {
      "another rate": { firewall: { requestsPerFiveMinutes: 10 } },
      "no firewall": { firewall: undefined },
    },
    authorizerName: {
      "another name of the authorizer": { authorizerName: "other" },
      "the authorizer's default name, which a deployed one does not get": { authorizerName: undefined },
    },
    domain: {
      "another domain": { domain: { ...rich.domain, name: "other.example.com" } },
      "another certificate": { domain: { ...rich.domain, certificateArn: `${certificateArn}2` } },
      "no domain, which opens the API's own host": { domain: undefined },
    },
  };
  const frozenChanges = [
    "another name, which is the API's own",
    "another name of the authorizer",
    "no domain, which opens the API's own host",
  ];

  it.each(Object.values(changesOfApi).flatMap((changes) => Object.entries(changes)))(
    "changes or stays as it should with %s",
    (what, change) => {
      expect(triggerOf(change) !== before).toBe(frozenChanges.includes(what));
    },
  );

  it.each<[string, GivenApi]>([
    ["the throttling of a route", withRoute(0, { throttling: LIMITS })],
    ["the words of a public route's reason", withRoute(2, { publicReason: "Others ask." })],
    ["the order of routes", { routes: routes.toReversed() }],
    ["the order of scopes", withRoute(0, { scopes: ["a/c", "a/b"] })],
    ["a scope that is named twice", withRoute(0, { scopes: ["a/b", "a/c", "a/b"] })],
    ["the order of origins", withRoute(0, { cors: { origins: [APP, ADMIN], headers: ["X-Id"] } })],
  ])("stays with %s", (_what, change) => {
    expect(triggerOf(change)).toBe(before);
  });

  it("stays with the function's memory", () => {
    const stack = new ApiStack(rich);
    stack.function.memorySize = 1024;

    expect(stack.trigger).toBe(before);
  });
});

/** A text, number, flag, list or map with one thing in it changed; in every way. */
function mutationsOf(value: unknown): readonly unknown[] {
  if (typeof value === "string") return [`${value}x`];
  if (typeof value === "number") return [value + 1];
  if (typeof value === "boolean") return [!value];
  if (Array.isArray(value)) return value.flatMap((item) => mutationsOf(item).map((mutated) => [mutated]));
  const entries = Object.entries(value as object);
  return entries.flatMap(([key, inner]) => mutationsOf(inner).map((mutated) => ({ [key]: mutated })));
}

/** Every attribute's mutations, for an override as an Aspect or an escape hatch would make it. */
function overridesOf(stack: ApiStack, path: string): readonly (readonly [attribute: string, value: unknown])[] {
  return Object.entries(stack.at(path))
    .filter(([attribute]) => !["depends_on", "lifecycle"].includes(attribute))
    .flatMap(([attribute, value]) => mutationsOf(value).map((mutated) => [attribute, mutated] as const));
}

/** The trigger while the attribute is overridden, in a stack that is afterwards what it was. */
function triggerWith(stack: ApiStack, path: string, attribute: string, value: unknown): string {
  const element = stack.element(path);
  element.addOverride(attribute, value);
  const { trigger } = stack;
  // There is no way to take an override back; a stack for each of them takes ten times as long.
  delete element["rawOverrides"][attribute];
  if (stack.trigger !== before) throw new Error(`${path} kept its other ${attribute}`);
  return trigger;
}

describe("the redeploy trigger of what is synthesized", () => {
  const stack = new ApiStack(rich);
  const pathOf = ({ node }: TerraformResource) => node.path.replace("dev/api/", "");
  const frozenTypes = [
    "aws_api_gateway_authorizer",
    "aws_api_gateway_gateway_response",
    "aws_api_gateway_integration",
    "aws_api_gateway_integration_response",
    "aws_api_gateway_method",
    "aws_api_gateway_method_response",
    "aws_api_gateway_resource",
    "aws_api_gateway_rest_api",
  ];
  const isFrozen = ({ terraformResourceType }: TerraformResource) => frozenTypes.includes(terraformResourceType);
  const frozen = stack.elements().filter(isFrozen);
  const others = stack.elements().filter((element) => !isFrozen(element));

  it("has something of every type to look at", () => {
    expect([...new Set(frozen.map(({ terraformResourceType }) => terraformResourceType))].sort()).toEqual(frozenTypes);
    expect(frozen.flatMap((element) => overridesOf(stack, pathOf(element))).length).toBeGreaterThan(150);
  });

  it.each(frozen.map(pathOf))("changes with every attribute of %s, whoever changed it", (path) => {
    const overrides = overridesOf(stack, path);
    const unnoticed = overrides.filter(([attribute, value]) => triggerWith(stack, path, attribute, value) === before);

    expect(unnoticed).toEqual([]);
    expect(overrides.length).toBeGreaterThan(0);
  });

  it.each(others.map(pathOf).filter((path) => path !== "deployment"))("stays with every attribute of %s", (path) => {
    const needless = overridesOf(stack, path).filter(
      ([attribute, value]) => triggerWith(stack, path, attribute, value) !== before,
    );

    expect(needless).toEqual([]);
  });

  it.each([
    ["tags", { team: "orders" }],
    ["tags_all", { team: "orders" }],
    ["depends_on", ["aws_iam_role.other"]],
    ["lifecycle", { prevent_destroy: true }],
  ])("stays with the API's %s, which no caller sees", (attribute, value) => {
    expect(triggerWith(stack, "api", attribute, value)).toBe(before);
  });

  it("waits for all that it freezes and for permissions, and follows what Terraform repairs of it", () => {
    const addressOf = (one: TerraformResource) => `${one.terraformResourceType}.${one.friendlyUniqueId}`;
    const [api, ...rest] = frozen.map(addressOf).sort((a) => (a.startsWith("aws_api_gateway_rest_api.") ? -1 : 1));
    const { depends_on, lifecycle } = stack.at("deployment") as {
      readonly depends_on: readonly string[];
      readonly lifecycle: { readonly replace_triggered_by: readonly string[] };
    };

    const permissions = others.filter(({ terraformResourceType: type }) => type === "aws_lambda_permission");
    expect(permissions).toHaveLength(3);
    expect(depends_on.toSorted()).toEqual([...rest, ...permissions.map(addressOf)].toSorted());
    expect(lifecycle).toEqual({ create_before_destroy: true, replace_triggered_by: expect.anything() });
    expect(lifecycle.replace_triggered_by.toSorted()).toEqual(
      [...rest, `${api}.disable_execute_api_endpoint`].toSorted(),
    );
  });

  it("comes with the same Terraform whatever the order of routes", () => {
    expect(new ApiStack({ ...rich, routes: routes.toReversed() }).synthesize()).toBe(new ApiStack(rich).synthesize());
  });
});
