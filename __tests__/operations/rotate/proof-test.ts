import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { becomes, isTaken } from "../../../operations/rotate/proof";

const before = { ...process.env };
let server: Server;
let answers: string[] = [];

const TAKEN = '{"access_token":"t","expires_in":3600,"token_type":"Bearer"}';
const REFUSED = '{"error":"invalid_client"}';
const clientNow = () => ({
  name: "billing",
  id: "client-1",
  userPoolId: "eu-west-1_abc",
  region: "eu-west-1",
  tokenUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/oauth2/token`,
  scope: "",
  address: "",
  knownSecret: "",
  store: undefined,
});

beforeAll(async () => {
  for (const name of ["HTTP_PROXY", "http_proxy"]) delete process.env[name];
  server = createServer((_request, response) => {
    const [answer = REFUSED, ...rest] = answers;
    if (rest.length > 0) answers = rest;
    response.end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterAll(() => {
  process.env = before;
  server.close();
});

describe("becomes", () => {
  it("waits until the endpoint has taken note of a secret", async () => {
    answers = [REFUSED, REFUSED, TAKEN];
    const waits: number[] = [];

    expect(await becomes(clientNow(), "secret", "taken", async (pause) => void waits.push(pause))).toBe(true);
    expect(waits).toHaveLength(2);
  });

  it("gives up some time", async () => {
    answers = [REFUSED];
    const waits: number[] = [];

    expect(await becomes(clientNow(), "secret", "taken", async (pause) => void waits.push(pause))).toBe(false);
    expect(waits.reduce((sum, pause) => sum + pause, 0)).toBeLessThanOrEqual(30_000);
  });

  it("waits as well until a secret is refused", async () => {
    answers = [TAKEN, REFUSED];

    expect(await becomes(clientNow(), "secret", "refused", async () => undefined)).toBe(true);
  });
});

describe("isTaken", () => {
  it("takes no other refusal for one of the secret", async () => {
    answers = ['{"error":"invalid_grant"}'];

    await expect(isTaken(clientNow(), "canary")).rejects.toThrow("whatever its secret: invalid_grant");
  });
});
