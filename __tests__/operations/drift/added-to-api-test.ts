/** What was added to a REST API, against answers as API Gateway gives them. */

import type { LeftResource } from "../../../operations/deployed/left-state";
import {
  authorizers as addedAuthorizers,
  methods as addedMethods,
  stages,
} from "../../../operations/drift/added-to-api";
import { ApiReads } from "../../../operations/drift/api-reads";
import { AwsReader } from "../../../operations/drift/aws-read";

const resource = (type: string, values: object): LeftResource => ({
  address: `aws_api_gateway_${type}.one`,
  type: `aws_api_gateway_${type}`,
  values: { region: "eu-west-1", rest_api_id: "api", ...values },
});
const api = resource("rest_api", { id: "api", root_resource_id: "root" });
const LEFT = [
  api,
  resource("resource", { id: "orders", path: "/orders" }),
  resource("method", { resource_id: "orders", http_method: "GET" }),
  resource("authorizer", { id: "pool" }),
  resource("stage", { stage_name: "dev" }),
];

const OPEN = { authorizationType: "NONE", methodIntegration: { type: "AWS_PROXY" } };
const OURS = { authorizationType: "COGNITO_USER_POOLS", authorizerId: "pool" };
const ROOT = { id: "root", path: "/" };
const ORDERS = { id: "orders", parentId: "root", path: "/orders", resourceMethods: { GET: OURS } };
const AUTHORIZER = { id: "pool", name: "machines", type: "COGNITO_USER_POOLS" };

interface There {
  readonly resources?: readonly object[];
  readonly authorizers?: readonly object[];
  readonly left?: readonly LeftResource[];
}

async function look({ resources = [ROOT, ORDERS], authorizers = [AUTHORIZER], left = LEFT }: There = {}) {
  const lists: Readonly<Record<string, readonly object[]>> = { resources, authorizers, stages: [{ stageName: "dev" }] };
  const reader = new AwsReader(async ({ path = "" }) => {
    const url = new URL(path, "https://x");
    const from = Number(url.searchParams.get("position") ?? 0);
    const items = lists[url.pathname.split("/").at(-1) ?? ""] ?? [];
    const position = from + 2 < items.length ? { position: String(from + 2) } : {};
    return { status: 200, body: JSON.stringify({ item: items.slice(from, from + 2), ...position }) };
  });
  const reads = new ApiReads(reader);
  const looks = [addedMethods, addedAuthorizers, stages].map((look) => look(api, left, reads));
  return (await Promise.all(looks)).flat();
}

const undoOf = (what: string) => `aws apigateway ${what.replace(" ", " --region eu-west-1 --rest-api-id api ")}`;

describe("what was added to a REST API", () => {
  it("finds nothing where there is nothing but what Terraform made, on every page", async () => {
    expect(await look()).toEqual([]);
    expect(await look({ resources: [ROOT, ORDERS, { id: "x", parentId: "root", path: "/x" }] })).toHaveLength(1);
  });

  it("says first what anybody could call, whatever order AWS lists it in", async () => {
    const added = { id: "x", parentId: "root", path: "/a", resourceMethods: { GET: OURS } };
    const open = { ...ORDERS, resourceMethods: { ...ORDERS.resourceMethods, PUT: OPEN } };
    const found = await look({ resources: [ROOT, added, open] });

    expect(found.map(({ route }) => route)).toEqual(["PUT /orders", "GET /a"]);
    expect(found[0]).toMatchObject({
      isLoud: true,
      undo: undoOf("delete-method --resource-id orders --http-method PUT"),
    });
  });

  it("says nothing loud of a method that asks for a token, or of a preflight", async () => {
    const preflight = { authorizationType: "NONE", methodIntegration: { type: "MOCK" } };
    const methods = { ...ORDERS.resourceMethods, PUT: OURS, OPTIONS: preflight };

    expect(
      (await look({ resources: [ROOT, { ...ORDERS, resourceMethods: methods }] })).map(({ isLoud }) => isLoud),
    ).toEqual([undefined, undefined]);
  });

  it("takes what is below an added resource away with it, by one command", async () => {
    const above = { id: "a", parentId: "root", path: "/a" };
    const below = { id: "b", parentId: "a", path: "/a/b", resourceMethods: { GET: OPEN } };
    const found = await look({ resources: [ROOT, ORDERS, below, above] });

    expect(new Set(found.map(({ undo }) => undo))).toEqual(new Set([undoOf("delete-resource --resource-id a")]));
  });

  it("prints no command that would take the stack's own resources along", async () => {
    const above = { id: "a", parentId: "root", path: "/a", resourceMethods: { GET: OPEN } };
    const moved = { ...ORDERS, parentId: "a", path: "/a/orders" };
    const found = await look({ resources: [ROOT, above, moved] });

    expect(found.length).toBeGreaterThan(0);
    for (const { undo } of found) expect(undo ?? "").not.toContain("delete-resource");
  });

  it("prints no command for an authorizer that a method of the stack asks by now: AWS would refuse it", async () => {
    const another = { id: "evil", name: "evil", type: "COGNITO_USER_POOLS", providerARNs: ["arn:other"] };
    const turned = { ...ORDERS, resourceMethods: { GET: { ...OURS, authorizerId: "evil" } } };
    const unused = await look({ authorizers: [AUTHORIZER, another] });
    const used = await look({ authorizers: [AUTHORIZER, another], resources: [ROOT, turned] });

    expect(unused.map(({ undo }) => undo)).toEqual([undoOf("delete-authorizer --authorizer-id evil")]);
    expect(used).toHaveLength(1);
    expect(used[0]?.undo).toBeUndefined();
  });

  it("never prints a word that a shell would take for more than a word", async () => {
    const added = { id: "x;id", parentId: "root", path: "/x" };

    expect((await look({ resources: [ROOT, added] }))[0]?.undo).toMatch(/ 'x;id'$/);
  });
});
