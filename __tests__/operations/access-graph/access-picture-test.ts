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
  method1["method<br>GET /health"]
  method2["method<br>GET /orders"]
  method3["method<br>POST /orders"]
  method4["method<br>GET /stock"]
  function1["function<br>acme-access"]
  function2["HTTP backend<br>https://stock.example.com/v1"]
  client1 --> tokenEndpoint
  client3 --> tokenEndpoint
  tokenEndpoint -- "audit<br>shop" --> scope1
  tokenEndpoint -- "shop" --> scope2
  scope1 --> authorizer
  scope2 --> authorizer
  client4 -.-> method1
  method1 --> function1
  authorizer -- "orders/read" --> method2
  method2 --> function1
  authorizer -- "orders/read<br>orders/write" --> method3
  method3 --> function1
  authorizer -- "orders/read" --> method4
  method4 --> function2`);
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
