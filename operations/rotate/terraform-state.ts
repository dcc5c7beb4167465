/** Brings Terraform's state in step with a rotation, so that the next plan has nothing to do. */
import { z } from "zod";
import { OUTPUT } from "../../constructs/contract/contract";
import { UserError } from "../../platform/user-error";
import { attributesOf, editState, type RawState } from "../deployed/state-edit";
import { scratchPlan } from "../plan-file/planned-changes";
import type { RotatedClient } from "./rotated-client";
import type { Credentials } from "./secret-store";

const record = z.record(z.string(), z.unknown());

export class TerraformState {
  /** @param folder folder of the stack, initialized */
  constructor(
    private readonly folder: string,
    private readonly client: RotatedClient,
  ) {}

  /** Notes which version of the secret in Secrets Manager is current. */
  async followVersion({ id, text }: NonNullable<Credentials["version"]>): Promise<void> {
    await this.edit((state) => {
      const name = this.client.store?.versionName;
      const version = attributesOf(state, "aws_secretsmanager_secret_version").find((one) => one.name === name)?.found;
      if (version !== undefined && version["version_id"] !== id) {
        const address = `${String(version["secret_id"])}|${id}`;
        Object.assign(version, { version_id: id, id: address, secret_string: text, version_stages: ["AWSCURRENT"] });
      }
      this.setOutput(state, record.parse(JSON.parse(text))["client_secret"]);
    });
  }

  /**
   * Notes which secret the provider reads of the client. All other out-of-band changes stay out of the state, where the
   * next plan finds them: a refresh would accept them.
   */
  async followClient(): Promise<void> {
    const { address, id } = this.client;
    const { resource_drift } = await scratchPlan(this.folder, ["-refresh-only", `-target=${address}`]);
    const drift = resource_drift.find((drift) => drift.address === address)?.change;
    const secret = drift?.after?.["client_secret"] ?? null;
    if (drift === undefined || (drift.before?.["client_secret"] ?? null) === secret) return;
    await this.edit((state) => {
      const client = attributesOf(state, "aws_cognito_user_pool_client").find(({ found }) => found["id"] === id)?.found;
      if (client === undefined) return;
      client["client_secret"] = secret;
      if (this.client.store === undefined) this.setOutput(state, secret);
    });
  }

  private setOutput({ outputs }: RawState, secret: unknown): void {
    const output = outputs[OUTPUT.clientSecrets];
    const secrets = record.safeParse(output?.value);
    if (output !== undefined && secrets.success) output.value = { ...secrets.data, [this.client.name]: secret };
  }

  private async edit(change: (state: RawState) => void): Promise<void> {
    await editState(this.folder, change).catch((error: unknown) => {
      const why = error instanceof UserError ? error.message : "it cannot be read";
      throw new UserError(`${NOT_IN_STEP}\n${why}`);
    });
  }
}

const NOT_IN_STEP =
  "the secret is delivered and accepted, but Terraform's state could not be changed, perhaps because it is locked. Run the same command again before you deploy.";
