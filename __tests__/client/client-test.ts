/** A client against the endpoints of the embedded AWS, without sockets: a real token, and a real refusal. */
import { MachineClient } from "../../client/machine-client";
import { createEndpoint } from "../../emulator/hosts";
import type { Endpoint } from "../../emulator/protocols/http";
import { text } from "../../emulator/terraform/attributes";
import { awsBy, sendTo } from "../support/aws-endpoint";
import { openPretendAccount, type PretendAccount, REGION } from "../support/pretend-account";
import { requestOf } from "../support/requests";

/** What the endpoint answers, as a `fetch`. */
function fetchFrom(endpoint: Endpoint): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const { hostname, pathname, search } = new URL(request.url);
    const { status, headers, body } = await endpoint(
      requestOf({
        method: request.method,
        host: hostname,
        path: pathname,
        query: search.slice(1),
        headers: [...request.headers],
        body: Buffer.from(await request.arrayBuffer()),
      }),
    );
    return new Response(typeof body === "string" ? body : new Uint8Array(body), {
      status,
      headers: headers.map(([name, value]): [string, string] => [name, value]),
    });
  };
}

/** Counts what it is asked; its function answers with the claims of the caller. */
function openClient(pretend: PretendAccount, clock: () => number, secret?: string) {
  const asked: string[] = [];
  const invoke = async (_: unknown, event: unknown) => ({
    kind: "answer" as const,
    payload: { statusCode: 200, body: JSON.stringify(event) },
  });
  const endpoint = createEndpoint({ account: pretend.account, runner: { invoke } });
  const client = new MachineClient({
    tokenUrl: `https://cc-demo-dev.auth.${REGION}.amazoncognito.com/oauth2/token`,
    clientId: text(pretend.made.client, "id"),
    clientSecret: secret ?? text(pretend.made.client, "client_secret"),
    scopes: ["test_resource/test"],
    clock,
    fetch: fetchFrom((request) => {
      asked.push(`${request.method} ${request.path}`);
      return endpoint(request);
    }),
  });
  const url = `https://${text(pretend.made.api, "id")}.execute-api.${REGION}.amazonaws.com/dev/access`;
  return { asked, call: () => client.fetch(url, { method: "POST", body: "{}" }), client };
}

describe("MachineClient, on the embedded AWS", () => {
  it("gets a token, calls POST /access with it, and uses it until it is about to expire", async () => {
    const pretend = await openPretendAccount();
    const { asked, call } = openClient(pretend, () => pretend.time);
    const response = await call();
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      requestContext: { authorizer: { claims: { client_id: pretend.made.client["id"], scope: "test_resource/test" } } },
    });
    pretend.time += 3_539_000;
    await call();
    expect(asked).toEqual(["POST /oauth2/token", "POST /dev/access", "POST /dev/access"]);
    pretend.time += 1000;
    await call();
    expect(asked.slice(3)).toEqual(["POST /oauth2/token", "POST /dev/access"]);
  });

  it("renews a token that only the API knows to be expired", async () => {
    const pretend = await openPretendAccount();
    let now = 0;
    const { asked, call } = openClient(pretend, () => now);
    await call();
    now += 60_000;
    pretend.time += 3_600_000;
    expect((await call()).status).toBe(200);
    expect(asked.slice(2)).toEqual(["POST /dev/access", "POST /oauth2/token", "POST /dev/access"]);
  });

  it("gets a token for a secret with a plus", async () => {
    const pretend = await openPretendAccount();
    const secret = "a+b_".repeat(8);
    const { pool, client } = pretend.made;
    const endpoint = createEndpoint({ account: pretend.account, runner: { invoke: jest.fn() } });
    const input = { UserPoolId: text(pool, "id"), ClientId: text(client, "id"), ClientSecret: secret };
    await (await awsBy(sendTo(endpoint)).cognito()).addUserPoolClientSecret(input);
    expect(await openClient(pretend, () => pretend.time, secret).client.token()).toMatch(/^eyJ/);
  });

  it("says with which OAuth error it was refused", async () => {
    const pretend = await openPretendAccount();
    await pretend.update("aws_cognito_user_pool_client", pretend.made.client, {
      allowed_oauth_flows_user_pool_client: false,
    });
    const { client } = openClient(pretend, () => pretend.time);
    await expect(client.token()).rejects.toMatchObject({ code: "invalid_grant", status: 400 });
  });
});
