import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publish } from "../../../cli/embedded-aws/lease";
import { howToReachEmbedded, servedPlace } from "../../../cli/embedded-aws/local-url";

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

it("names the port and the process of the one that is served", () => {
  const folder = mkdtempSync(join(tmpdir(), "served-"));
  const place = (environment: Readonly<Record<string, string>>) => {
    publish(folder, "http://127.0.0.1:40001", environment);
    return servedPlace(folder);
  };
  const found = [
    servedPlace(folder),
    place({ ACCESS_LOCAL_URL: "http://127.0.0.1:8787" }),
    place({ ACCESS_LOCAL: "1" }),
  ];
  rmSync(folder, { recursive: true });

  expect(found).toEqual(["", ` at http://127.0.0.1:8787 by process ${process.pid}`, ` by process ${process.pid}`]);
});
