import { callerTable, isInMask, maskOf, parseCallerTable } from "../../access/caller-table";

const route = (key: string, scopes: readonly string[], publicReason?: string) => {
  const [method = "", path = ""] = key.split(" ");
  return { method, path, scopes, publicReason };
};
const ROUTES = [
  route("POST /orders", ["write"]),
  route("GET /orders/{id}", ["read", "write"]),
  route("GET /orders", ["write", "read"]),
  route("GET /status", [], "Load balancers ask."),
];
const ALLOWED = [["read"], ["read", "write"], ["other"]];

describe("callerTable", () => {
  it("groups routes by their callers, whatever their order", () => {
    const table = "dev;*=GET /status;2=POST /orders;3=GET /orders,GET /orders/{}";

    expect(callerTable("dev", ROUTES, ALLOWED)).toBe(table);
    expect(callerTable("dev", ROUTES.toReversed(), ALLOWED)).toBe(table);
  });

  it("lets no client call a route without scopes that is not public", () => {
    expect(callerTable("dev", [route("GET /", [])], ALLOWED)).toBe("dev;0=GET /");
  });

  it("tells apart more clients than a number has bits", () => {
    const clients = Array.from({ length: 130 }, (_, index) => [`scope-${index}`]);
    const table = parseCallerTable(callerTable("dev", [route("GET /", ["scope-0", "scope-77", "scope-129"])], clients));
    const mask = maskOf(table, "GET", "/") ?? "";

    expect(clients.flatMap((_, index) => (isInMask(mask, index) ? [index] : []))).toEqual([0, 77, 129]);
  });
});

describe("maskOf", () => {
  const table = parseCallerTable("dev;1=GET /a/{},ANY /files/{+};*=ANY /a/{}");

  it.each([
    ["GET", "/a/{id}", "1"],
    ["PUT", "/a/{name}", "*"],
    ["DELETE", "/files/{rest+}", "1"],
    ["GET", "/a", undefined],
    ["GET", "/files/{id}", undefined],
    ["", "", undefined],
  ])("of %s %s is %s: its own route's, else that of ANY", (method, path, mask) => {
    expect(maskOf(table, method, path)).toBe(mask);
  });
});

it.each([
  ["5", 0, true],
  ["5", 1, false],
  ["5", 2, true],
  ["5", 64, false],
  ["5", -1, false],
  ["0", 0, false],
])("isInMask %s, %s: %s", (mask, index, expected) => {
  expect(isInMask(mask, index)).toBe(expected);
});
