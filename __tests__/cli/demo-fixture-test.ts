import { parseAccessModel } from "../../access/access-model";
import { exampleCall } from "../../cli/demo-fixture";

function model(routes: string, environments = "  dev: { region: eu-west-1, domainPrefix: shop-dev }") {
  return parseAccessModel(
    `environments:
${environments}
resourceServers:
  orders: { scopes: { read: Read } }
clients:
  my shop: { scopes: [orders/read] }
routes:
${routes}
`,
    { file: "access.yaml", functions: ["orders"] },
  );
}

function example(...args: Parameters<typeof model>): string | undefined {
  const found = model(...args);
  const [environment] = found.environments;
  return environment && exampleCall(found, environment);
}

describe("exampleCall", () => {
  it("is a command that can be pasted", () => {
    expect(example("  GET /orders: { lambda: orders, scopes: [orders/read] }")).toBe(
      "npx access call GET /orders --client 'my shop'",
    );
  });

  it("has values in place of path parameters, a method in place of ANY, and the environment among several", () => {
    const environments = `  dev: { region: eu-west-1, domainPrefix: shop-dev }
  prod: { region: eu-west-1, domainPrefix: shop-prod }`;

    expect(example("  ANY /orders/{id}: { lambda: orders, scopes: [orders/read] }", environments)).toBe(
      "npx access call GET /orders/1 --client 'my shop' --env dev",
    );
  });

  it("prefers a call that has become possible, by that client, and one without path parameters among these", () => {
    const found = model(`  GET /orders: { lambda: orders, scopes: [orders/read] }
  GET /orders/{id}: { lambda: orders, scopes: [orders/read] }
  GET /bills: { lambda: orders, scopes: [orders/read] }`);
    const [environment] = found.environments;
    if (environment === undefined) throw new Error("no environment");
    const tryAfter = (...routes: readonly string[]) =>
      exampleCall(
        found,
        environment,
        routes.map((route) => ({ client: "my shop", route })),
      );

    expect(tryAfter("GET /orders/{id}", "GET /bills")).toBe("npx access call GET /bills --client 'my shop'");
    expect(tryAfter("GET /orders/{id}")).toBe("npx access call GET /orders/1 --client 'my shop'");
    expect(tryAfter("GET /removed")).toBe("npx access call GET /orders --client 'my shop'");
    expect(exampleCall(found, environment, [{ client: null, route: "GET /bills" }])).toContain("GET /orders ");
  });

  it("is not of a client that is disabled", () => {
    const yaml = `environments: { dev: { region: eu-west-1, domainPrefix: shop-dev } }
resourceServers: { orders: { scopes: { read: Read } } }
clients:
  old shop: { scopes: [orders/read], enabled: false }
  shop: { scopes: [orders/read] }
routes:
  GET /orders: { lambda: orders, scopes: [orders/read] }
`;
    const found = parseAccessModel(yaml, { file: "access.yaml", functions: ["orders"] });
    const [environment] = found.environments;

    expect(environment && exampleCall(found, environment)).toBe("npx access call GET /orders --client shop");
  });

  it("is left out where no client may call a route", () => {
    expect(example("  GET /status: { lambda: orders, public: true, reason: Probes }")).toBeUndefined();
  });
});
