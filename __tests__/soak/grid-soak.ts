/** The largest organisation that one user pool and one API hold by AWS's default quotas. */
import { DeployedProject } from "../support/deployed-project";
import { writeGrid } from "../support/grid";

jest.setTimeout(60 * 60_000);

const size = { resourceServers: 25, clients: 1000, routes: 300, functions: 40 };

describe("an organisation of 1,000 clients and 300 routes", () => {
  const grid = new DeployedProject(writeGrid(size), "dev");

  afterAll(() => grid.remove());

  it("is deployed", async () => {
    expect(await grid.deploy()).toContain("Apply complete!");
  });

  it("is planned without a change", async () => {
    expect(await grid.plan()).toBe(0);
  });

  it("answers every client on every route as the matrix says", async () => {
    expect(await grid.callEveryPair()).toEqual({ right: size.clients * size.routes, wrong: [] });
  });

  it("is destroyed without a trace", async () => {
    expect(await grid.destroy()).toEqual({});
  });
});
