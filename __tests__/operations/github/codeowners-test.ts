import { parseAccessModel } from "../../../access/access-model";
import { codeownersLines, withCodeowners } from "../../../operations/github/codeowners";

const main = (approvers: string, github = 'github: "@acme/payments"') => `environments:
  dev: { region: eu-west-1, domainPrefix: acme-dev }
owners:
  payments: { contact: "#payments", ${github} }
  shop: { contact: shop@acme.example }
  security: { contact: "#sec", github: "@acme/security" }
resourceServers:
  orders: { scopes: { read: Read${approvers} } }
routes:
  GET /orders: { lambda: orders, scopes: [orders/read] }
`;
const SENSITIVE = ', refund: { description: Refund, sensitive: true, approvers: [security, "@acme/finance"] }';
const text = (client: string, scope = "orders/read") => `clients: { ${client}: { scopes: [${scope}] } }\n`;

function lines(access: string, files: Readonly<Record<string, string>>, prefix = "") {
  const teams = Object.entries(files).map(([owner, one]) => ({ name: `access.d/${owner}.yaml`, owner, text: one }));
  return codeownersLines(
    parseAccessModel(access, { file: "access.yaml", functions: ["orders"], teams }),
    teams,
    prefix,
  );
}

describe("codeownersLines", () => {
  it("has each team's file with its owner's name on GitHub, or the email address that is its contact", () => {
    expect(lines(main(""), { payments: text("pay"), shop: text("web") }, "my apps/")).toEqual([
      "/my\\ apps/access.d/payments.yaml @acme/payments",
      "/my\\ apps/access.d/shop.yaml shop@acme.example",
    ]);
  });

  it("has the approvers alone for files with their scopes, for access.yaml and for CODEOWNERS", () => {
    const files = { payments: text("pay", "orders/refund"), shop: text("web") };
    expect(lines(main(SENSITIVE), files)).toEqual([
      "/access.yaml @acme/security @acme/finance",
      "/access.d/payments.yaml @acme/security @acme/finance",
      "/access.d/shop.yaml shop@acme.example",
      "/.github/CODEOWNERS @acme/security @acme/finance",
    ]);
  });

  it("says which owner has no name that GitHub knows", () => {
    expect(() => lines(main("", "url: https://a.example"), { payments: text("pay") })).toThrow(
      'owner "payments" has no name that GitHub knows. Add "github" to it in owners of access.yaml',
    );
  });
});

describe("withCodeowners", () => {
  const section = withCodeowners("", ["/a @b"]);

  it("adds the lines at the end, where the last match counts, and replaces them afterwards", () => {
    const before = "* @acme/platform\n";
    const added = withCodeowners(before, ["/a @b"]);
    expect(added).toBe(`${before}\n${section}`);
    expect(withCodeowners(added, ["/a @b"])).toBe(added);
    expect(withCodeowners(`${added}/own @x\n`, ["/c @d"])).toBe(`${added.replace("/a @b", "/c @d")}/own @x\n`);
    expect(withCodeowners(added, [])).toBe(`${before}\n`);
  });

  it("is refused where a mark is missing, so that nothing of the user's is replaced", () => {
    expect(() => withCodeowners(section.split("\n").slice(0, 2).join("\n"), ["/a @b"])).toThrow(
      "only one of the lines",
    );
  });
});
