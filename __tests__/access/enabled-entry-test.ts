/** What `kill` writes into access.yaml, and takes away again. */
import { withEnabled } from "../../access/enabled-entry";

const ALL = ["dev", "prod"];

/** A file with one client, whose entry is given. */
const fileWith = (client: string) => `# top\nclients:\n${client}# after\nroutes: {}\n`;

interface Given {
  readonly environments?: readonly string[];
  readonly disabledIn?: readonly string[];
}

function written(text: string, environment: string, isOn: boolean, { environments, disabledIn = [] }: Given = {}) {
  return withEnabled(text, { name: "shop", environments, disabledIn }, environment, isOn, ALL);
}

describe("withEnabled", () => {
  const BLOCK = fileWith("  shop: # the shop\n    scopes:\n      - orders/read # all\n");
  const FLOW = fileWith("  shop: { scopes: [orders/read] } # the shop\n");

  it.each([
    ["a block", BLOCK, fileWith("  shop: # the shop\n    scopes:\n      - orders/read # all\n    enabled: false\n")],
    ["braces", FLOW, fileWith("  shop: { scopes: [orders/read], enabled: false } # the shop\n")],
  ])("writes false where the client has one environment, in %s, and takes it away again", (_, text, expected) => {
    const killed = written(text, "dev", false, { environments: ["dev"] });

    expect(killed).toBe(expected);
    expect(written(killed, "dev", true, { environments: ["dev"], disabledIn: ["dev"] })).toBe(text);
  });

  it.each([
    ["a block", BLOCK],
    ["braces", FLOW],
  ])("names the environment where there are several, in %s, and takes it away again", (_, text) => {
    const killed = written(text, "prod", false);

    expect(killed).toContain("enabled: { prod: false }");
    expect(written(killed, "prod", true, { disabledIn: ["prod"] })).toBe(text);
  });

  it("adds an environment to those that are there, and takes only that away again", () => {
    const text = fileWith("  shop: { enabled: { dev: false }, scopes: [orders/read] }\n");
    const killed = written(text, "prod", false, { disabledIn: ["dev"] });

    expect(killed).toBe(fileWith("  shop: { enabled: { dev: false, prod: false }, scopes: [orders/read] }\n"));
    expect(written(killed, "prod", true, { disabledIn: ALL })).toBe(text);
  });

  it("takes away a line of a block alone", () => {
    const text = fileWith(
      "  shop:\n    enabled:\n      dev: false # leaked\n      prod: false\n    scopes: [orders/read]\n",
    );

    expect(written(text, "dev", true, { disabledIn: ALL })).toBe(
      fileWith("  shop:\n    enabled:\n      prod: false\n    scopes: [orders/read]\n"),
    );
    expect(written(text.replace("      prod: false\n", ""), "dev", true, { disabledIn: ["dev"] })).toBe(
      fileWith("  shop:\n    scopes: [orders/read]\n"),
    );
  });

  it("leaves the client disabled elsewhere when it was disabled everywhere", () => {
    const text = fileWith("  shop: { enabled: false, scopes: [orders/read] }\n");

    expect(written(text, "prod", true, { disabledIn: ALL })).toBe(
      fileWith("  shop: { enabled: { dev: false }, scopes: [orders/read] }\n"),
    );
  });

  it("changes true, and what an environment says", () => {
    expect(written(fileWith("  shop: { enabled: true }\n"), "dev", false, { environments: ["dev"] })).toBe(
      fileWith("  shop: { enabled: false }\n"),
    );
    expect(written(fileWith("  shop: { enabled: { dev: true } }\n"), "dev", false)).toBe(
      fileWith("  shop: { enabled: { dev: false } }\n"),
    );
  });

  it("changes nothing where it is so already", () => {
    expect(written(FLOW, "dev", true)).toBe(FLOW);
    expect(written(FLOW, "dev", false, { disabledIn: ["dev"] })).toBe(FLOW);
  });

  it("refuses a client that is an alias", () => {
    expect(() => written(fileWith("  twin: &twin {}\n  shop: *twin\n"), "dev", false)).toThrow(
      "clients.shop is not a map. Change it with an editor.",
    );
  });
});
