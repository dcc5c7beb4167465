/** The picture of a stack as a flowchart of Mermaid. */
import { mermaidText, pictureOfStack } from "../../../operations/access-graph/access-picture";
import { synthesize } from "../../support/synthesize";

const ENVIRONMENT = "environments: { dev: { region: eu-west-1, domainPrefix: acme, ephemeral: true } }";

const diagramOf = (accessYaml: string) => mermaidText(pictureOfStack("dev", synthesize(accessYaml).json));

it("names what passes the token endpoint and the authorizer, where there are several clients and scopes", () => {
  const diagram = diagramOf(`${ENVIRONMENT}
resourceServers:
  orders: { scopes: { read: Read, write: Write } }
clients:
  audit: { scopes: [orders/read] }
  shop: { scopes: [orders/read, orders/write] }
  closed: { scopes: [orders/read], enabled: false }
routes:
  GET /orders: { lambda: access, scopes: [orders/read] }
  POST /orders: { lambda: access, scopes: [orders/read, orders/write] }
  GET /health: { lambda: access, public: true, reason: Probed by the load balancer }
  GET /stock: { url: "https://stock.example.com/v1", scopes: [orders/read] }
`);

  expect(diagram).toBe(`flowchart LR
  client1(["client<br>audit"])
  client2(["client<br>closed"])
  client3(["client<br>shop"])
  client4(["client<br>without a token"])
  tokenEndpoint["token endpoint<br>acme"]
  scope1["scope<br>orders/read"]
  scope2["scope<br>orders/write"]
  authorizer["authorizer<br>cognito"]
  method1["method<br>GET /orders"]
  method2["method<br>GET /stock"]
  method3["method<br>POST /orders"]
  method4["method<br>GET /health"]
  function1["HTTP backend<br>https://stock.example.com/v1"]
  function2["function<br>acme-access"]
  client1 --> tokenEndpoint
  client3 --> tokenEndpoint
  tokenEndpoint -- "audit<br>shop" --> scope1
  tokenEndpoint -- "shop" --> scope2
  scope1 --> authorizer
  scope2 --> authorizer
  authorizer -- "orders/read" --> method1
  method1 --> function2
  authorizer -- "orders/read" --> method2
  method2 --> function1
  authorizer -- "orders/read<br>orders/write" --> method3
  method3 --> function2
  client4 -.-> method4
  method4 --> function2`);
});

it("orders scopes, methods and functions by what leads to them, so that few edges cross", () => {
  const { columns, edges } = pictureOfStack(
    "dev",
    synthesize(`${ENVIRONMENT}
resourceServers:
  orders: { scopes: { admin: Admin, read: Read, write: Write } }
clients:
  audit: { scopes: [orders/write] }
  shop: { scopes: [orders/read] }
  web: { scopes: [orders/admin] }
routes:
  GET /a: { lambda: access, public: true, reason: Probed by the load balancer }
  GET /b: { url: "https://b.example.com", scopes: [orders/admin] }
  GET /c: { url: "https://c.example.com", scopes: [orders/read] }
  GET /d: { url: "https://d.example.com", scopes: [orders/write] }
`).json,
  );
  const places = new Map(columns.flatMap(({ nodes }) => nodes.map(({ id }, place) => [id, place] as const)));
  const textsOf = (kind: string) => columns.find((column) => column.kind === kind)?.nodes.map(({ text }) => text);

  expect(textsOf("scope")).toEqual(["orders/write", "orders/read", "orders/admin"]);
  expect(textsOf("method")).toEqual(["GET /d", "GET /c", "GET /b", "GET /a"]);
  // None crosses here.
  expect(edges.filter(([from, to]) => places.get(from) !== places.get(to))).toEqual([]);
});

it("keeps names from ending a text or adding lines", () => {
  const { json } = synthesize();
  const name = '"] --> x\n<img src=x>`#';
  const hostile = JSON.parse(JSON.stringify(json).replaceAll('"test-server"', JSON.stringify(name)));

  const [, client = ""] = mermaidText(pictureOfStack("dev", hostile)).split("\n");

  expect(client).toMatch(/^ {2}client1\(\["client<br>#34;\] --#62; x.*#60;img src=x#62;#96;#35;"\]\)$/);
});

it("has an empty token endpoint where its host is an expression", () => {
  const { json, outputs } = synthesize();
  const url = String(outputs["token_url"]?.["value"]);
  const computed = JSON.parse(JSON.stringify(json).replaceAll(url, `\${var.host}/oauth2/token`));

  expect(mermaidText(pictureOfStack("dev", computed))).toContain('tokenEndpoint["token endpoint"]');
});
