/** Tokens and calls a second, through TLS and the proxy, with the load generator on the same processors. */
import { generateKeyPairSync, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { Agent, type Dispatcher, request } from "undici";
import { dispatcherFor, tokenOf } from "../../__tests__/support/every-pair";
import { cleanEnvironment, start, untilWritten } from "../../__tests__/support/processes";
import { ServedProject } from "../../__tests__/support/served-project";
import { trafficYaml } from "../../__tests__/support/traffic";
import type { Row } from "../row";
import { projectFolder, seconds } from "../timed";

const CONNECTIONS = 64;
const PROGRAM = "cli/access.cjs";
const SECONDS = 3;

/** With the run that is not counted, eight runs are 100,000. */
const REQUESTS_OF_A_RUN = 12_500;

/** In a process: collects garbage when it gets SIGUSR2, and prints how much memory it then holds. */
const COLLECTING = `
require("node:v8").setFlagsFromString("--expose-gc");
const collect = require("node:vm").runInNewContext("gc");
process.on("SIGUSR2", () => {
  // What the first one finds to be finalized is released by the others.
  for (let count = 0; count < 3; count++) collect();
  process.stdout.write("collected, and holds " + process.memoryUsage.rss() + " bytes\\n");
});
`;

/** AWS lets a pool have 1,000 unless it is asked for more. */
const CLIENTS_OF_A_POOL = 900;

/** The embedded AWS knows the caller by the access key's id and does not check the signature. */
const SIGNED = {
  "content-type": "application/x-amz-json-1.1",
  authorization:
    "AWS4-HMAC-SHA256 Credential=embedded-aws/20260101/eu-west-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=none",
};

/** A request that is sent again and again. */
interface Request {
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export const requestRows: readonly Row[] = [
  {
    name: "tokens",
    ours: "tokens from the token endpoint, 64 connections",
    peer: "RS256 signatures of one thread",
    unit: "per s",
    target: { atLeast: 0.75 },
    prepare: async () => {
      const system = await deployedSystem();
      return { ours: () => system.rate(system.tokenRequest()), peer: signaturesPerSecond, end: system.end };
    },
  },
  {
    name: "calls",
    ours: "API calls through authorizer and function, 64 connections",
    peer: "RS256 signatures of one thread",
    unit: "per s",
    target: { atLeast: 0.6 },
    prepare: async () => {
      const system = await deployedSystem();
      const call = await system.callRequest();
      return { ours: () => system.rate(call), peer: signaturesPerSecond, end: system.end };
    },
  },
  {
    name: "calls-serverless",
    ours: "API calls through authorizer and function, 64 connections",
    peer: "serverless-offline, which checks no token",
    unit: "per s",
    target: { atLeast: 2 },
    prepare: async () => {
      const system = await deployedSystem();
      const call = await system.callRequest();
      const peer = await serverlessOffline();
      return {
        ours: () => system.rate(call),
        peer: peer.rate,
        end: async () => {
          await Promise.all([system.end(), peer.end()]);
        },
      };
    },
  },
  {
    name: "tokens-clients",
    ours: "tokens with 10,000 clients in the account, 900 in each pool",
    peer: "with 2 clients",
    unit: "per s",
    target: { atLeast: 0.9 },
    prepare: async () => {
      const [many, few] = [await deployedSystem(), await deployedSystem()];
      await many.addClients(10_000).catch(async (error: unknown) => {
        await Promise.all([many.end(), few.end()]);
        throw error;
      });
      return {
        ours: () => many.rate(many.tokenRequest()),
        peer: () => few.rate(few.tokenRequest()),
        end: async () => {
          await Promise.all([many.end(), few.end()]);
        },
      };
    },
  },
  {
    name: "memory-requests",
    ours: "memory of the embedded AWS during 100,000 more requests, garbage collected",
    peer: "after the first 12,500",
    unit: "MiB",
    target: { atMost: 1.1 },
    prepare: async () => {
      const system = await deployedSystem(COLLECTING);
      const requests = [system.tokenRequest(), await system.callRequest()];
      let sent = 0;
      const afterMore = async () => {
        sent += await system.send(requests, REQUESTS_OF_A_RUN);
        return system.collectedMemory();
      };
      const first = await afterMore();
      return {
        ours: afterMore,
        peer: async () => first,
        note: () => `${sent.toLocaleString("en")} requests in all`,
        end: system.end,
      };
    },
  },
];

/**
 * A stack on an embedded AWS in a process of its own.
 * @param code what its process runs before anything else
 */
async function deployedSystem(code?: string) {
  const project = new ServedProject("dev", trafficYaml);
  if (code !== undefined)
    project.write(PROGRAM, code + readFileSync(join(projectFolder, PROGRAM), "utf8").replace(/^#!.*/, ""));
  const { server } = await project.serve();
  await project.deploy();
  const deployed = await project.deployed();
  const dispatcher = dispatcherFor(deployed, CONNECTIONS);
  const credentials = `${deployed.clientIds["writer"]}:${deployed.clientSecrets["writer"]}`;
  return {
    rate: (sent: Request) => rateOf(sent, dispatcher),
    send: async (requests: readonly Request[], count: number) => {
      let left = count;
      await answered(() => (left-- > 0 ? requests[left % requests.length] : undefined), dispatcher);
      return count;
    },
    /** MiB after a garbage collection; with {@link COLLECTING}. */
    collectedMemory: async () => {
      const printed = untilWritten(server, " bytes\n");
      server.kill("SIGUSR2");
      const [, bytes] = /holds (\d+) bytes/.exec(await printed) ?? [];
      return Number(bytes) / 2 ** 20;
    },
    tokenRequest: (): Request => ({
      url: deployed.tokenUrl,
      method: "POST",
      headers: {
        authorization: `Basic ${Buffer.from(credentials).toString("base64")}`,
        "content-type": "application/x-www-form-urlencoded",
      },
      body: "grant_type=client_credentials",
    }),
    callRequest: async (): Promise<Request> => ({
      url: deployed.routeUrls["GET /orders"] ?? "",
      method: "GET",
      headers: { authorization: await tokenOf("reader", deployed, dispatcher) },
    }),
    addClients: async (count: number) => {
      const call = async (operation: string, input: object) => {
        const { statusCode, body } = await request("https://cognito-idp.eu-west-1.amazonaws.com/", {
          method: "POST",
          headers: { ...SIGNED, "x-amz-target": `AWSCognitoIdentityProviderService.${operation}` },
          body: JSON.stringify(input),
          dispatcher,
        });
        const text = await body.text();
        if (statusCode !== 200) throw new Error(`${operation}: ${statusCode} ${text.slice(0, 200)}`);
        return JSON.parse(text);
      };
      const ids = [new URL(deployed.issuer).pathname.slice(1)];
      while (ids.length * CLIENTS_OF_A_POOL < count) {
        ids.push((await call("CreateUserPool", { PoolName: `pool-${ids.length}` })).UserPool.Id);
      }
      let left = count;
      const worker = async () => {
        while (left-- > 0) {
          const UserPoolId = ids[left % ids.length];
          await call("CreateUserPoolClient", { UserPoolId, ClientName: `client-${left}`, GenerateSecret: true });
        }
      };
      await Promise.all(Array.from({ length: 16 }, worker));
    },
    end: async () => {
      await dispatcher.close();
      await project.remove();
    },
  };
}

/** Requests a second that are answered with 200. @throws {Error} when one is answered otherwise */
async function rateOf(one: Request, dispatcher: Dispatcher): Promise<number> {
  const endsAt = performance.now() + SECONDS * 1000;
  let sent = 0;
  const next = () => {
    if (performance.now() >= endsAt) return undefined;
    sent++;
    return one;
  };
  const taken = await seconds(() => answered(next, dispatcher));
  return sent / taken;
}

/** Sends requests on all connections until there is none left. @throws {Error} when one is not answered with 200 */
async function answered(next: () => Request | undefined, dispatcher: Dispatcher): Promise<void> {
  const worker = async () => {
    for (let one = next(); one !== undefined; one = next()) {
      const { url, ...init } = one;
      const { statusCode, body } = await request(url, { ...init, dispatcher });
      const text = await body.text();
      if (statusCode !== 200) throw new Error(`${url}: ${statusCode} ${text.slice(0, 200)}`);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
}

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const claims = Buffer.alloc(600, "claims");

async function signaturesPerSecond(): Promise<number> {
  let signed = 0;
  const endsAt = performance.now() + 1000;
  for (; performance.now() < endsAt; signed++) sign("RSA-SHA256", claims, privateKey);
  return signed;
}

async function serverlessOffline() {
  const port = await freePort();
  const folder = join(projectFolder, "bench", "peers", "serverless");
  const program = join(projectFolder, "bench", "node_modules", "serverless", "bin", "serverless.js");
  const ports = ["--httpPort", String(port), "--lambdaPort", String(await freePort())];
  const env = cleanEnvironment({ SLS_TELEMETRY_DISABLED: "1", SLS_NOTIFICATIONS_MODE: "off" });
  const child = start([process.execPath, program, "offline", "start", "--noPrependStageInUrl", ...ports], folder, env);
  // It announces itself on standard error.
  await untilWritten(child, "Server ready", child.stderr);
  const dispatcher = new Agent({ connections: CONNECTIONS });
  const call = { url: `http://127.0.0.1:${port}/orders`, method: "GET", headers: {} } as const;
  return {
    rate: () => rateOf(call, dispatcher),
    end: async () => {
      await dispatcher.close();
      await new Promise((resolve) => {
        child.once("close", resolve);
        child.kill("SIGTERM");
      });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
