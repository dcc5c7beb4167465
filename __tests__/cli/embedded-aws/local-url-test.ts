import { howToReachEmbedded } from "../../../cli/embedded-aws/local-url";

const before = process.env;
beforeEach(() => {
  process.env = { ...before };
});
afterAll(() => {
  process.env = before;
});

it("says what reaches the URLs of the embedded AWS", () => {
  delete process.env["ACCESS_LOCAL_URL"];

  expect(howToReachEmbedded()).toBe("Only commands behind npx access local reach these URLs of the embedded AWS.");
});

it("adds the port for callers without the proxy, where one is served", () => {
  process.env["ACCESS_LOCAL_URL"] = "http://127.0.0.1:8787";

  expect(howToReachEmbedded()).toContain("\nWithout its proxy: http://127.0.0.1:8787/<host>/<path>");
});
