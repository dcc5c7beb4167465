/** Brings Terraform's state along with a rotation, so that the next plan finds nothing to do. */
import { z } from "zod";
import { OUTPUT } from "../../constructs/contract/contract";
import { shieldedTerraform } from "../../platform/shielded-terraform";
import { UserError } from "../../platform/user-error";
import { scratchPlan } from "../plan-file/planned-changes";
import type { SecretVersion } from "./delivery";
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
   * Notes which secret the provider reads of the client now, if any: what is none, only the provider knows how to write.
   * Whatever else has changed behind Terraform's back stays as it is in the state, so that it is still found: a refresh
   * would take it for granted.
   */
  async followClient(): Promise<void> {
    const { address } = this.client;
    const { resource_drift } = await scratchPlan(this.folder, ["-refresh-only", `-target=${address}`]);
    const drift = resource_drift.find((drift) => drift.address === address)?.change;
    const secret = drift?.after?.["client_secret"] ?? null;
    if (drift === undefined || (drift.before?.["client_secret"] ?? null) === secret) return;
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

  private versionIn({ resources }: RawState): Record<string, unknown> | undefined {
    const name = this.client.store?.versionName;
    const found = resources.find((one) => one.type === "aws_secretsmanager_secret_version" && one.name === name);
    return found?.instances[0]?.attributes;
  }

  private setOutput({ outputs }: RawState, secret: unknown): void {
    const secrets = record.safeParse(outputs[OUTPUT.clientSecrets]?.value);
    const output = outputs[OUTPUT.clientSecrets];
    if (output === undefined || !secrets.success) return;
    output.value = { ...secrets.data, [this.client.name]: secret };
  }

  /** Changes the state if there is something to change, once more when somebody else was faster. */
  private async edit(change: (state: RawState) => void): Promise<void> {
    try {
      await this.tryToEdit(change);
    } catch {
      await this.tryToEdit(change).catch((error: unknown) => {
        const why = error instanceof UserError ? error.message : "it cannot be read";
        throw new UserError(`${NOT_NOTED}\n${why}`);
      });
    }
  }

  private async tryToEdit(change: (state: RawState) => void): Promise<void> {
    const state = rawState.parse(JSON.parse(await shieldedTerraform(this.folder, ["state", "pull"])));
    const before = JSON.stringify(state);
    change(state);
    if (JSON.stringify(state) === before) return;
    state.serial++;
    await shieldedTerraform(this.folder, ["state", "push", "-"], JSON.stringify(state));
  }
}

const NOT_NOTED =
  "what is delivered is proved and taken, but Terraform's state could not be brought along, perhaps because somebody else works with it. Run the same command again before you deploy.";
