import { accessRows } from "../../../operations/review/access-rows";

const loses = Array.from({ length: 300 }, (_, index) => ({
  client: `client${index}`,
  route: "GET /bulk",
  before: "yes" as const,
  after: "no" as const,
}));
const gain = { client: "single", route: "GET /z", before: "no", after: "yes" } as const;

describe("accessRows", () => {
  it("puts public routes first and a single gain before many losses", () => {
    expect(accessRows([...loses, gain, { ...gain, client: null }])).toEqual([
      { line: "| `GET /z` | **anyone** | - → ✓ | **gains** |", count: 1 },
      { line: "| `GET /z` | `single` | - → ✓ | gains |", count: 1 },
      {
        line: "| `GET /bulk` | 300 clients: `client0`, `client1`, `client2` and 297 more | ✓ → - | lose |",
        count: 300,
      },
    ]);
  });

  it("puts a single gain before many gains", () => {
    const gains = loses.map((change) => ({ ...change, before: "no" as const, after: "yes" as const }));

    expect(accessRows([...gains, gain]).map(({ count }) => count)).toEqual([1, 300]);
  });

  it("marks a removed route that is still deployed", () => {
    const [row] = accessRows([{ client: "a", route: "GET /x", before: "yes", after: "no", isStillLive: true }]);

    expect(row?.line).toBe("| `GET /x` | `a` | ✓ → - | loses; still deployed until the next deployment |");
  });
});
