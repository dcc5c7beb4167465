/** Brings Terraform's state along with a rotation, so that the next plan finds nothing to do. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { makePlan } from "../plan-json";
import { terraform } from "../terraform";
import type { SecretVersion } from "./manager-delivery";
import type { RotatedClient } from "./rotated-client";

const record = z.record(z.string(), z.unknown());

/** As much of a state as is changed; all else stays as it is. */
const rawState = z.looseObject({
  serial: z.number(),
  outputs: z.record(z.string(), z.looseObject({ value: z.unknown() })).default({}),
  resources: z
    .array(
      z.looseObject({
        type: z.string(),
        name: z.string(),
        instances: z.array(z.looseObject({ attributes: record.default({}) })).default([]),
      }),
    )
    .default([]),
});

/** Attributes of the client in the state, and as they really are. */
interface Drift {
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
}

type RawState = z.infer<typeof rawState>;

export class StateKeeper {
  /** @param folder folder of the stack, initialized */
  constructor(
    private readonly folder: string,
    private readonly client: RotatedClient,
  ) {}

  /** Notes that another version of the secret is the current one now. Done at once, under Terraform's lock, or not. */
  async followVersion({ id, text }: SecretVersion): Promise<void> {
    await this.edit((state) => {
      const version = this.versionIn(state);
      if (version !== undefined && version["version_id"] !== id) {
        version["version_id"] = id;
        version["id"] = `${String(version["secret_id"])}|${id}`;
        version["secret_string"] = text;
        version["version_stages"] = ["AWSCURRENT"];
      }
      this.setOutput(state, String(record.parse(JSON.parse(text))["client_secret"]));
    });
  }

  /**
   * Notes which secret AWS tells of the client now, if any. Whatever else has changed behind Terraform's back stays as
   * it is in the state, so that it is still found: a refresh would take it for granted.
   */
  async followClient(): Promise<void> {
    const drift = await this.clientDrift();
    if (drift === undefined || drift.before["client_secret"] === drift.after["client_secret"]) return;
    const secret = drift.after["client_secret"] ?? null;
    await this.edit((state) => {
      const found = state.resources
        .filter(({ type }) => type === "aws_cognito_user_pool_client")
        .flatMap(({ instances }) => instances)
        .find(({ attributes }) => attributes["id"] === this.client.id);
      if (found === undefined) return;
      found.attributes["client_secret"] = secret;
      if (this.client.store === undefined) this.setOutput(state, secret);
    });
  }

  private async clientDrift(): Promise<Drift | undefined> {
    const scratch = await mkdtemp(join(tmpdir(), "rotation-"));
    try {
      const args = ["-refresh-only", `-target=${this.client.address}`];
      const { resource_drift } = await makePlan(this.folder, join(scratch, "refresh.tfplan"), args);
      const change = resource_drift.find(({ address }) => address === this.client.address)?.change;
      return change && { before: change.before ?? {}, after: change.after ?? {} };
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }

  private versionIn({ resources }: RawState): Record<string, unknown> | undefined {
    const name = this.client.store?.versionName;
    const found = resources.find((one) => one.type === "aws_secretsmanager_secret_version" && one.name === name);
    return found?.instances[0]?.attributes;
  }

  private setOutput({ outputs }: RawState, secret: unknown): void {
    const secrets = record.safeParse(outputs["client_secrets"]?.value);
    const output = outputs["client_secrets"];
    if (output === undefined || !secrets.success) return;
    output.value = { ...secrets.data, [this.client.name]: secret };
  }

  /** Changes the state if there is something to change. Terraform refuses when somebody else was faster. */
  private async edit(change: (state: RawState) => void): Promise<void> {
    const state = rawState.parse(JSON.parse(await terraform(this.folder, ["state", "pull"])));
    const before = JSON.stringify(state);
    change(state);
    if (JSON.stringify(state) === before) return;
    state.serial++;
    await terraform(this.folder, ["state", "push", "-"], process.env, JSON.stringify(state));
  }
}
