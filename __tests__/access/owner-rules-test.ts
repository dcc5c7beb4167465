import { OUTPUT } from "../../constructs/contract/contract";
import { expectMistakes, fileWith, mistakesIn, parse } from "../support/access-text";
import { synthesize } from "../support/synthesize";

const OWNERS =
  "  payments: { contact: pay@example.com }\n  platform: { contact: '#platform', url: https://wiki.example/p }";
const READERS = 'secret: { readers: ["arn:aws:iam::123456789012:role/billing"] }';

const withClient = (client: string, parts = {}) =>
  fileWith({ clients: `  billing: { scopes: [orders/read]${client} }`, owners: OWNERS, ...parts });

describe("owners in access.yaml", () => {
  it("are in the model, with the owner and the purpose of each client", () => {
    const { owners, clients } = parse(withClient(", owner: payments, purpose: Sends invoices"));
    expect(owners).toMatchObject([
      { name: "payments", contact: "pay@example.com", github: "pay@example.com" },
      { name: "platform", contact: "#platform", url: "https://wiki.example/p" },
    ]);
    expect(clients).toMatchObject([{ name: "billing", owner: "payments", purpose: "Sends invoices" }]);
  });

  it("leave out what a file without them does not have", () => {
    expect(parse(fileWith())).toMatchObject({ owners: [], clients: [{ owner: undefined, purpose: undefined }] });
  });

  it.each([
    [
      "are required for each client",
      "",
      '6:3 client "billing" needs owner, because the file has owners. Owners: payments, platform.',
    ],
    [
      "cannot be unknown",
      ", owner: payment",
      '6:44 owner of client "billing" is "payment", … Did you mean "payments"?',
    ],
    ["cannot be unlike any", ", owner: zzz", "6:44 … which does not exist. Owners: payments, platform."],
    ["cannot be the name of every object's member", ", owner: toString", '6:44 … "toString", which does not exist.'],
    [
      "must be text",
      ", owner: [payments]",
      '6:44 owner of client "billing" must be the name of an owner, but is a list.',
    ],
    [
      "cannot have a purpose of two lines",
      ', owner: payments, purpose: "a\\nb"',
      '6:63 purpose of client "billing" must be',
    ],
    ["cannot have an expression", ", owner: payments, purpose: 'a %{b}'", "6:63 purpose … Remove it."],
  ])("%s", (_, client, mistake) => expectMistakes(withClient(client), [mistake]));

  it("are required only where there are some, and must exist even then", () => {
    expect(mistakesIn(fileWith({ clients: "  billing: { scopes: [orders/read], owner: payments }" }))).toEqual([
      '6:44: owner of client "billing" is "payments", which does not exist. Add it to owners.',
    ]);
  });

  it.each([
    [
      "a: { contact: x }\n  a/b: { contact: x }",
      '11:3 name of owner "a/b" must be 1 to 64 letters, digits, _ or -, but is "a/b".',
    ],
    ["a: {}", '10:6 owner "a" needs contact: 1 to 256 visible characters on one line.'],
    ["a: { contact: x, url: http://x.example }", '10:25 url of owner "a" must be an https URL'],
    ["a: { contact: x, topicArn: here }", '10:30 topicArn of owner "a" must be'],
  ])("cannot be %s", (owner, mistake) => {
    expectMistakes(fileWith({ clients: "  billing: { scopes: [orders/read], owner: a }", owners: `  ${owner}` }), [
      mistake,
    ]);
  });

  it("count towards the tags that a secret may have", () => {
    const tags = Array.from({ length: 49 }, (_, index) => `t${index}: v`).join(", ");
    const own = `, owner: payments, purpose: p, ${READERS}`;
    expectMistakes(withClient(own, { tags: `  { ${tags} }` }), ['6:66 secret … has 51 tags in environment "dev"']);
    expect(mistakesIn(withClient(`${own}, x: 1`, { tags: `  { ${tags.replace(", t48: v", "")} }` }))).toHaveLength(1);
  });
});

describe("a stack with owners", () => {
  const file = (client: string, tags = "") =>
    fileWith({ clients: `  billing: { scopes: [orders/read]${client} }`, owners: OWNERS, ...(tags && { tags }) });

  it("has tags at the client's secret, with characters that AWS allows, and an output", () => {
    const text = file(`, owner: payments, purpose: "Sends (some) invoices, e.g. to SAP", ${READERS}`);
    const { resource, outputs } = synthesize(text);
    expect(resource("aws_secretsmanager_secret")["tags"]).toEqual({
      owner: "payments",
      purpose: "Sends some invoices e.g. to SAP",
    });
    expect(outputs[OUTPUT.clientOwners]?.["value"]).toEqual({
      billing: { owner: "payments", purpose: "Sends (some) invoices, e.g. to SAP" },
    });
  });

  it("overrides a tag of the file whose key differs in letter case only", () => {
    const text = file(`, owner: payments, ${READERS}`, "  { Owner: somewhere }");
    expect(synthesize(text).resource("aws_secretsmanager_secret")["tags"]).toEqual({ Owner: "payments" });
  });

  it("has neither where no client has an owner or a purpose", () => {
    const { resource, outputs } = synthesize(fileWith({ clients: `  billing: { scopes: [orders/read], ${READERS} }` }));
    expect(resource("aws_secretsmanager_secret")).not.toHaveProperty("tags");
    expect(outputs).not.toHaveProperty(OUTPUT.clientOwners);
  });
});

describe("sensitive scopes in access.yaml", () => {
  const scope = (text: string) =>
    fileWith({
      resourceServers: `  orders: { scopes: { read: ${text} } }`,
      clients: "  billing: { scopes: [orders/read], owner: payments }",
      owners: OWNERS,
    });

  it("have approvers in the model and in an output of the stack", () => {
    const text = scope('{ description: Read, sensitive: true, approvers: [payments, "@acme/security", a@b.example] }');
    const approvers = ["payments", "@acme/security", "a@b.example"];
    expect(parse(text).resourceServers[0]?.scopes).toEqual([{ name: "read", description: "Read", approvers }]);
    expect(synthesize(text).outputs[OUTPUT.sensitiveScopes]?.["value"]).toEqual({ "orders/read": approvers });
  });

  it("need no approvers, and a map without sensitive is like a text", () => {
    const scopesOf = (text: string) => parse(text).resourceServers[0]?.scopes;
    expect(scopesOf(scope("{ description: Read, sensitive: true }"))).toMatchObject([{ approvers: [] }]);
    expect(scopesOf(scope("{ description: Read }"))).toEqual(scopesOf(scope("Read")));
    expect(synthesize(scope("{ description: Read }")).outputs).not.toHaveProperty(OUTPUT.sensitiveScopes);
  });

  it.each([
    [
      "{ description: R, sensitive: true, approvers: [payment] }",
      '4:76 approver of scope "orders/read" is "payment", … Did you mean "payments"?',
    ],
    [
      "{ description: R, sensitive: true, approvers: [] }",
      '4:75 approvers of scope "read" … must be a list with at least',
    ],
    [
      "{ description: R, approvers: [payments] }",
      '4:47 scope "read" of resource server "orders" has approvers, but is not sensitive.',
    ],
    ["{ sensitive: true }", '4:29 scope "read" of resource server "orders" needs description: 1 to 256'],
    ["{ description: R, sensitve: true }", '4:47 scope "read" … has no setting "sensitve". Did you mean "sensitive"?'],
    ["{ description: R, sensitive: 1 }", '4:58 sensitive of scope "read" … must be true or false, but is 1.'],
    ["[a]", '4:29 scope "read" of resource server "orders" must be 1 to 256 visible characters on one line or a map'],
  ])("cannot be %s", (text, mistake) => expectMistakes(scope(text), [mistake]));
});
