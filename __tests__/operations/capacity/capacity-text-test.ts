import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../../../access/access-model";
import { capacityOf } from "../../../operations/capacity/capacity";
import { capacityText } from "../../../operations/capacity/capacity-text";
import { widthOf } from "../../../platform/terminal-table";
import { fileWith, names, parse } from "../../support/access-text";

function textOf(parts: Readonly<Record<string, string>>, width?: number): string {
  const model = parse(fileWith(parts));
  const capacity = capacityOf(model, model.environments[0] as Environment, 100);
  return capacityText(capacity, { width, alarm: (text) => `!${text}`, heading: (text) => text });
}

describe("capacityText", () => {
  it("names what breaks first, at which growth, and the way out", () => {
    const text = textOf({
      clients: "  billing: { scopes: [orders/read], load: { instances: 600, callsPerSecond: 50, tokenSeconds: 0 } }",
    });

    expect(text).toContain("Breaks first with more load, at 3 times: token requests a second. Let the");
    expect(text).toContain("they request 600 tokens, which the quota permits in 4 seconds.");
    expect(text).toMatch(/^ {2}as in access\.yaml +50 +33 % +\$295,650\.00$/m);
    expect(text).not.toContain("!");
    expect(text).not.toContain("without load");
  });

  it("has what is exceeded at the top", () => {
    const environments =
      "  dev: { region: eu-west-1, domainPrefix: d, throttling: { requestsPerSecond: 1, burst: 1 }, functions: { access: { reservedConcurrency: 0 } } }";
    const text = textOf({
      environments,
      clients: "  billing: { scopes: [orders/read], load: { callsPerSecond: 1.5 } }",
    });

    expect(text.split("\n").slice(1, 3)).toEqual([
      "!EXCEEDED: reserved executions of a function: access: 0.15 of 0",
      "!EXCEEDED: calls a second of a route: POST /access: 1.5 of 1",
    ]);
    expect(text).toContain(
      "Breaks first with more load, exceeded now: reserved executions of a function: access. Raise its",
    );
  });

  it("has no number for a growth beyond a thousand times", () => {
    const text = textOf({
      clients: "  billing: { scopes: [orders/read], load: { callsPerSecond: 0.001, tokenSeconds: 3600 } }",
    });

    expect(text).toMatch(/^ {2}token requests a second .* over 1,000 times$/m);
    expect(text).toContain("\n  Nothing breaks below 1,000 times the load.\n");
    expect(text).not.toMatch(/\d\d,\d{3} times/);
  });

  it("names some of the clients whose load it assumes", () => {
    const clients = names(7, "c").map((name) => `  ${name}: { scopes: [orders/read] }`);

    expect(textOf({ clients: clients.join("\n") })).toContain(
      "Each client without load in access.yaml has 1 instance and 1 call a second: c0, c1, c2, c3, c4 and 2 more.",
    );
  });

  it("prints what docs/capacity.md shows", () => {
    const page = readFileSync(join(__dirname, "..", "..", "..", "docs", "capacity.md"), "utf8");
    const [, yaml = "", output = ""] = /```yaml\n(.*?)```.*?```\n(prod in .*?)```/s.exec(page) ?? [];
    const model = parse(yaml);
    const style = { width: undefined, alarm: (text: string) => text, heading: (text: string) => text };

    expect(`${capacityText(capacityOf(model, model.environments[0] as Environment, 100), style)}\n`).toBe(output);
  });

  it("fits into 60 columns", () => {
    const environments =
      "  production-of-a-long-name: { region: ap-southeast-1, domainPrefix: d, tokenCache: { minutes: 5 }, firewall: { requestsPerFiveMinutes: 10 } }";
    const text = textOf(
      { environments, clients: "  billing: { scopes: [orders/read], load: { callsPerSecond: 999999 } }" },
      60,
    );

    for (const line of text.split("\n")) expect(widthOf(line.replace(/^!/, ""))).toBeLessThanOrEqual(60);
  });
});
