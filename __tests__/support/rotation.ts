/** What rotations work with in this process, where they can be killed and put in order: of a served project, or of an account here. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEndpoint } from "../../emulator/hosts";
import { text } from "../../emulator/terraform/attributes";
import { askForToken } from "../../operations/deployed/token-request";
import { ClientSecrets } from "../../operations/rotate/client-secrets";
import { FileStore } from "../../operations/rotate/file-store";
import { findClient, type RotatedClient } from "../../operations/rotate/rotated-client";
import { type Outcome, Rotation, type RotationContext } from "../../operations/rotate/rotation";
import { SecretsManagerStore } from "../../operations/rotate/secrets-manager-store";
import { aws } from "../../platform/aws";
import { fileWith } from "./access-text";
import { awsBy, type Send, sendTo } from "./aws-endpoint";
import { openPretendAccount, REGION } from "./pretend-account";
import { requestOf } from "./requests";
import type { ServedProject } from "./served-project";

const READER = "arn:aws:iam::123456789012:role/billing";

/** `billing` is delivered by Secrets Manager, `reports` is not. */
export function rotatedAccess(scopes = "orders/read", more = ""): string {
  return fileWith({
    environments: "  dev: { region: ap-northeast-1, domainPrefix: demo-dev, ephemeral: true }",
    clients: [
      `  billing: { scopes: [${scopes}], secret: { readers: ["${READER}"] } }`,
      `  reports: { scopes: [orders/read]${more} }`,
    ].join("\n"),
  });
}

export async function clientOf(project: ServedProject, name: string): Promise<RotatedClient> {
  return findClient("dev", await project.state(), name);
}

/** What a run of a rotation works with; it waits for nothing. */
export function contextOf(
  client: RotatedClient,
  { send, state = NO_STATE, ...given }: { readonly send?: Send } & Partial<RotationContext> = {},
): RotationContext {
  const sdk = send === undefined ? aws(client.region) : awsBy(send, client.region);
  if (client.store === undefined) throw new Error(`${client.name} has no secret in Secrets Manager`);
  return {
    client,
    secrets: new ClientSecrets(sdk, client),
    store: new SecretsManagerStore(sdk, client, client.store),
    state,
    report: () => undefined,
    wait: async () => undefined,
    now: () => new Date(),
    ...given,
  };
}

/** For what is not about Terraform's state, which is slow to write. */
export const NO_STATE = { followVersion: async () => undefined, followClient: async () => undefined };

/** Whether Cognito issues a token for a secret of a client. */
export async function takes({ tokenUrl, id }: RotatedClient, secret: string): Promise<boolean> {
  return "access_token" in (await askForToken(tokenUrl, { id, secret }, undefined));
}

/** Where a client's credentials are. */
export const PLACES = ["Secrets Manager", "a file"] as const;

/** A client of an account in this process, whose credentials are in one of {@link PLACES}. */
export async function openRotation(place: (typeof PLACES)[number]) {
  const pretend = await openPretendAccount();
  const { account, made } = pretend;
  const endpoint = createEndpoint({ account, runner: { invoke: () => Promise.reject(new Error("no function")) } });
  const send = sendTo(endpoint);
  const first = { client_id: text(made.client, "id"), client_secret: text(made.client, "client_secret") };
  const input = { Name: "billing", SecretString: JSON.stringify(first) };
  const { ARN: arn = "" } = await (await awsBy(send).secretsManager()).createSecret(input);
  const host = `cc-demo-dev.auth.${REGION}.amazoncognito.com`;
  const client: RotatedClient = {
    name: "billing",
    id: first.client_id,
    userPoolId: text(made.pool, "id"),
    region: REGION,
    tokenUrl: `https://${host}/oauth2/token`,
    scope: "test_resource/test",
    address: "aws_cognito_user_pool_client.billing",
    knownSecret: first.client_secret,
    store: place === "a file" ? undefined : { arn, name: "billing", versionName: "billing" },
  };
  const file = join(mkdtempSync(join(tmpdir(), "rotation-")), "billing.json");
  const requestToken: typeof askForToken = async (_, { id, secret }) => {
    const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;
    const headers: [string, string][] = [
      ["Authorization", authorization],
      ["Content-Type", "application/x-www-form-urlencoded"],
    ];
    const body = "grant_type=client_credentials";
    const answer = await endpoint(requestOf({ method: "POST", host, path: "/oauth2/token", headers, body }));
    return JSON.parse(String(answer.body)) as { readonly error: string };
  };
  const context = (given: { readonly send?: Send } & Partial<RotationContext> = {}): RotationContext => {
    const sdk = awsBy(given.send ?? send);
    return {
      client,
      secrets: new ClientSecrets(sdk, client, requestToken),
      store:
        client.store === undefined ? new FileStore(file, client) : new SecretsManagerStore(sdk, client, client.store),
      state: NO_STATE,
      report: () => undefined,
      wait: async (milliseconds) => {
        pretend.time += milliseconds;
      },
      now: () => new Date(account.now()),
      ...given,
    };
  };
  return { client, context, file, send };
}

export type OpenedRotation = Awaited<ReturnType<typeof openRotation>>;

/** A run of the command. */
export type Step = (rotation: Rotation) => Promise<Outcome>;
export const open: Step = (rotation) => rotation.rotate();
export const rotate: Step = (rotation) => rotation.rotate(0);
export const abort: Step = (rotation) => rotation.abort();
export const finish: Step = (rotation) => rotation.finish();

/** The operation that a request calls, such as `secretsmanager.PutSecretValue`. */
export const operationOf = ({ headers }: Parameters<Send>[0]) => headers["x-amz-target"] ?? "";

/** What is delivered and listed at the moment, and runs of the command. */
export function lookInto({ context }: OpenedRotation) {
  const { secrets, store } = context();
  const delivered = async () => (await store.read("current"))?.value ?? "";
  const isServed = async () => await secrets.isAccepted(await delivered());
  const ids = async () => (await secrets.list()).map(({ id }) => id);
  const run = async (step: Step, given: Partial<RotationContext> & { readonly send?: Send } = {}) =>
    await step(new Rotation(context(given)));
  /** Ends what goes on. */
  const settle = async () => {
    if ((await ids()).length > 1 || (await store.read("pending")) !== undefined) await run(rotate);
    expect([await ids(), await store.read("pending")]).toEqual([[expect.any(String)], undefined]);
  };
  return { secrets, store, delivered, isServed, ids, run, settle };
}
