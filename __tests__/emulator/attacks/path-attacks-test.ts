/**
 * Ways to write the path of a guarded method that must not lead around its guard: over a real socket, because a path that
 * is tidied up on its way is an attack that works. The API also has an open `OPTIONS /access`, and an open neighbour.
 */

import type { HttpResponse } from "../../../emulator/protocols/http";
import { text } from "../../../emulator/terraform/attributes";
import {
  FORBIDDEN,
  type GuardedApi,
  INVOKED,
  NO_SUCH_METHOD,
  noSignature,
  openGuardedApi,
  UNAUTHORIZED,
} from "../../support/guarded-api";
import { openRawTunnels, type RawTunnels, type WireAnswer } from "../../support/raw-tunnel";
import { valuesOf } from "../../support/requests";

let api: GuardedApi;
let tunnels: RawTunnels;
beforeAll(async () => {
  api = await openGuardedApi();
  const { pretend } = api;
  await pretend.addMethod({ http_method: "POST", resource_id: text(await pretend.addResource("open"), "id") });
  const source_arn = `${text(pretend.made.api, "execution_arn")}/*`;
  const { permission: before } = pretend.made;
  await pretend.create("aws_lambda_permission", { ...before, id: null, statement_id: "open", source_arn });
  await pretend.deploy();
  tunnels = await openRawTunnels(api.endpoint);
});
afterAll(() => tunnels.close());
beforeEach(() => api.events.splice(0));
afterEach(() => expect(tunnels.bugs).toEqual([]));

/** `POST` to the target exactly as written, with the token or without one. */
function post(target: string, token: string | null): Promise<readonly WireAnswer[]> {
  const authorization = token === null ? "" : `Authorization: ${token}\r\n`;
  const head = `POST ${target} HTTP/1.1\r\nHost: ${api.host}\r\n${authorization}`;
  return tunnels.send(api.host, `${head}Content-Length: 0\r\nConnection: close\r\n\r\n`);
}

/** The same answer as it comes over the wire. */
function onWire(answer: HttpResponse): readonly WireAnswer[] {
  const [errorType] = valuesOf(answer, "x-amzn-ErrorType");
  return [{ status: answer.status, errorType, body: String(answer.body) }];
}

const LET_THROUGH = [{ status: 200, errorType: undefined, body: INVOKED }];

describe("paths that are the method's, as a control,", () => {
  it.each([
    "/dev/access",
    "/dev/access?",
    "/dev/access?a=b",
    "/dev/access?/../open",
    "/dev/access?#",
    "/dev//access",
    "/dev///access",
    "/dev/access/",
    "/dev/access//",
    "/dev//access//",
    // As recorded on AWS.
    "//dev/access",
  ])("%s lets a good token through, and no call without one", async (target) => {
    expect(await post(target, api.token)).toEqual(LET_THROUGH);
    expect(await post(target, null)).toEqual(onWire(UNAUTHORIZED));
    expect(api.events).toHaveLength(1);
  });

  it("/dev/open lets every call through", async () => {
    expect(await post("/dev/open", null)).toEqual(LET_THROUGH);
  });
});

describe("paths that only look like the method's", () => {
  it.each<[string, string]>([
    ["an encoded slash between two slashes before it", "/dev/%2f/access"],
    ["two slashes and more", "/dev/access//more"],
    ["a backslash before it", "/dev/\\access"],
    ["a backslash at its end", "/dev/access\\"],
    ["an encoded letter", "/dev/%61ccess"],
    ["every letter encoded", "/dev/%61%63%63%65%73%73"],
    ["a letter encoded twice", "/dev/%2561ccess"],
    ["a letter encoded as UTF-16", "/dev/%u0061ccess"],
    ["a letter in overlong UTF-8", "/dev/%c1%a1ccess"],
    ["an encoded slash at its end", "/dev/access%2f"],
    ["an encoded slash before it", "/dev/%2faccess"],
    ["an encoded backslash before it", "/dev/%5caccess"],
    ["an encoded slash twice encoded", "/dev/access%252f"],
    ["the parent of itself", "/dev/access/.."],
    ["the parent of a child", "/dev/access/x/.."],
    ["the child of a parent", "/dev/x/../access"],
    ["the guarded one by way of the open one", "/dev/open/../access"],
    ["the open one by way of the guarded one", "/dev/access/../open"],
    ["an encoded parent", "/dev/open/%2e%2e/access"],
    ["an encoded parent and slash", "/dev/open%2f..%2faccess"],
    ["a parent with a parameter", "/dev/open/..;/access"],
    ["itself and a dot before", "/dev/./access"],
    ["itself and a dot after", "/dev/access/."],
    ["a dot at its end", "/dev/access."],
    ["a parameter", "/dev/access;x"],
    ["a session", "/dev/access;jsessionid=1"],
    ["an ending", "/dev/access.json"],
    ["a fragment", "/dev/access#"],
    ["a fragment with text", "/dev/access#open"],
    ["an encoded question mark", "/dev/access%3f"],
    ["an encoded number sign", "/dev/access%23"],
    ["an encoded null character", "/dev/access%00"],
    ["an encoded null character and another path", "/dev/access%00/open"],
    ["an encoded line break", "/dev/access%0a"],
    ["an encoded blank", "/dev/access%20"],
    ["a plus", "/dev/access+"],
    ["a star", "/dev/acces*"],
    ["its first letter in capitals", "/dev/Access"],
    ["capitals", "/dev/ACCESS"],
    ["a letter too few", "/dev/acces"],
    ["a letter too many", "/dev/access2"],
    ["more", "/dev/access/more"],
    ["the stage twice", "/dev/dev/access"],
    ["a host after the stage", "/dev//evil.example/access"],
    ["nothing after the stage", "/dev"],
    ["a slash after the stage", "/dev/"],
  ])("are no method: %s, %s", async (_, target) => {
    expect(await post(target, null)).toEqual(onWire(NO_SUCH_METHOD));
    expect(await post(target, api.token)).toEqual(onWire(noSignature(api.token)));
    expect(api.events).toEqual([]);
  });

  it.each<[string, string]>([
    ["the stage with a capital", "/Dev/access"],
    ["the stage in capitals", "/DEV/access"],
    ["the stage with an encoded letter", "/%64ev/access"],
    ["the stage with an encoded slash", "/dev%2faccess"],
    ["the stage with a backslash", "/dev\\access"],
    ["the stage with a parameter", "/dev;x/access"],
    ["the stage with a dot", "/dev./access"],
    ["a dot before the stage", "/./dev/access"],
    ["a parent before the stage", "/../dev/access"],
    ["the stage after another one", "/prod/../dev/access"],
    ["the stage by way of a part of it", "/de/access"],
    ["a longer stage", "/dev2/access"],
    ["a stage of the object's own", "/__proto__/access"],
    ["no stage", "/access"],
    ["no stage and two slashes", "//access"],
    ["nothing", "/"],
    ["a star", "*"],
    ["a whole URL of this host", "https://HOST/dev/access"],
    ["a whole URL of this host, unencrypted", "http://HOST/dev/access"],
    ["a whole URL of another host", "https://evil.example/dev/access"],
    ["a whole URL with a user", "https://HOST@evil.example/dev/access"],
    ["a host without a scheme", "//HOST/dev/access"],
  ])("are no stage: %s, %s", async (_, written) => {
    const target = written.replace("HOST", api.host);
    expect(await post(target, null)).toEqual(onWire(FORBIDDEN));
    expect(await post(target, api.token)).toEqual(onWire(FORBIDDEN));
    expect(api.events).toEqual([]);
  });

  it.each<[string, string]>([
    ["no slash at its start", "dev/access"],
    ["a blank in it", "/dev/access x"],
    ["a tab in it", "/dev/acc\tess"],
    ["a null character in it", "/dev/access\u0000"],
    ["a carriage return in it", "/dev/access\rX: y"],
  ])("are no HTTP: %s", async (_, target) => {
    expect(await post(target, api.token)).toMatchObject([{ status: 400 }]);
    expect(api.events).toEqual([]);
  });
});
