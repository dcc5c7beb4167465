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

  it("is left out where no client may call a route", () => {
    expect(example("  GET /status: { lambda: orders, public: true, reason: Probes }")).toBeUndefined();
  });
});
