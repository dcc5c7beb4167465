/** Every client and every route of an organisation in small: each pair is called, and answered as the matrix says. */
import { DeployedProject } from "../support/deployed-project";
import { writeGrid } from "../support/grid";

jest.setTimeout(300_000);

/** With SOAK it is larger; the default has every way in which a path ends, and several methods. */
const size =
  process.env["SOAK"] === undefined
    ? { resourceServers: 2, clients: 8, routes: 12, functions: 3 }
    : { resourceServers: 5, clients: 24, routes: 40, functions: 8 };

describe(`an organisation of ${size.clients} clients and ${size.routes} routes`, () => {
  const grid = new DeployedProject(writeGrid(size), "dev");

  afterAll(() => grid.remove());

  it("is deployed", async () => {
    expect(await grid.deploy()).toContain("Apply complete!");
  });

  it("has clients that can call a route and clients that cannot", () => {
    const { clients, routes } = grid.matrix();
    const callers = routes.map((route) => route.callers.length);

    expect([clients.length, routes.length]).toEqual([size.clients, size.routes]);
    expect(Math.min(...callers)).toBeLessThan(size.clients / 4);
    expect(Math.max(...callers)).toBeGreaterThan(size.clients / 2);
  });

  it("answers every client on every route as the matrix says", async () => {
    expect(await grid.callEveryPair()).toEqual({ right: size.clients * size.routes, wrong: [] });
  });

  it("is planned without a change", async () => {
    expect(await grid.plan()).toBe(0);
  });

  it("is destroyed without a trace", async () => {
    expect(await grid.destroy()).toEqual({});
  });
});
