/**
 * Rotation of a client's secret by two secrets at once, in the steps of AWS's rotation functions:
 *
 * | step         | afterwards                                              |
 * | ------------ | ------------------------------------------------------- |
 * | createSecret | a new secret is pending in the store: no service reads it |
 * | setSecret    | it is the client's second secret in Cognito             |
 * | testSecret   | a token was issued for it                               |
 * | finishSecret | services read it; both secrets are accepted             |
 * | the overlap's end | the old secret is deleted, Terraform's state follows, nothing is pending |
 *
 * Only Cognito and the store are remembered between two runs. So a run may be killed at any instant, or meet another
 * one: the next run observes what is done and goes on from there. A secret is deleted only after a token was issued for
 * the one that services read.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
 */
import { retry, type Wait } from "../../platform/retry";
import { UsageError, UserError } from "../../platform/user-error";
import { rotationDueAt } from "../deployed/client-secret";
import type { ClientSecret, ClientSecrets } from "./client-secrets";
import type { RotatedClient } from "./rotated-client";
import { type Credentials, changedMeanwhile, newCredentials, type SecretStore } from "./secret-store";
import type { TerraformState } from "./terraform-state";

/** What a rotation works with. */
export interface RotationContext {
  readonly client: RotatedClient;
  readonly secrets: ClientSecrets;
  readonly store: SecretStore;
  readonly state: Pick<TerraformState, "followVersion" | "followClient">;
  /** Reports progress, a line at a time. */
  readonly report: (line: string) => void;
  readonly wait: Wait;
  readonly now: () => Date;
}

/** How far a run has come. */
export interface Outcome {
  /**
   * `overlapping`: both secrets are accepted. `unchanged`: there was nothing to do. `not-due`: the secret is younger than
   * `rotateAfterDays`, and no rotation is in progress.
   */
  readonly kind: "overlapping" | "finished" | "aborted" | "delivered" | "unchanged" | "not-due";
  /** Cognito's id of the secret that services read; empty when it is unknown. */
  readonly secretId: string;
  /** End of an overlap that is longer than a run waits, such as `2026-11-23T04:00:00.000Z`. */
  readonly overlapEnds?: string;
  /** With `not-due`: when the secret is to be rotated, such as `2026-11-23T04:00:00.000Z`. */
  readonly dueAt?: string;
}

interface Observed {
  /** One or two, oldest first. */
  readonly listed: readonly ClientSecret[];
  readonly current: Credentials | undefined;
  /** A secret that is kept and not delivered. */
  readonly pending: Credentials | undefined;
  /** Whether the secret that is delivered is still pending: its rotation has not ended. */
  readonly isUnsettled: boolean;
}

const MAX_OBSERVATIONS = 5;
/** Cognito and Secrets Manager show a change within seconds. */
const MAX_ATTEMPTS = 15;
const TOKEN_DELAY_MS = 2_000;
const STORE_DELAY_MS = 1_000;
/** Longest overlap that a run waits for. */
const MAX_OVERLAP_WAIT_MS = 600_000;
const REPORT_EVERY_MS = 10_000;

export class Rotation {
  constructor(private readonly context: RotationContext) {}

  /**
   * Rotates, or goes on with a rotation.
   * @param overlapMs how long both secrets are accepted; left out means until {@link finish}
   * @throws {UserError} when a step fails; the next run goes on from there
   */
  async rotate(overlapMs?: number): Promise<Outcome> {
    const { client, secrets, report } = this.context;
    const observed = await this.observe();
    const { listed, current, pending, isUnsettled } = observed;
    const [first, second] = listed;
    if (first === undefined) throw new UsageError(`client "${client.name}" has no secret.`);
    if (isUnsettled && second === undefined && current !== undefined && (await secrets.isAccepted(current.value))) {
      report("A rotation was interrupted after the old secret was deleted. Completing it.");
      return await this.settled("finished", first.id, current);
    }
    const isDelivered = second !== undefined && current !== undefined && replacesOthers(current, listed);
    if (isDelivered && pending === undefined) report("A rotation is in progress: its secret was delivered.");
    else await this.deliverNew(observed);
    return await this.overlap(overlapMs);
  }

  /**
   * Goes on with a rotation that is in progress, or rotates if the secret is too old.
   * @param overlapMs as of {@link rotate}
   * @throws {UserError} as {@link rotate}
   */
  async rotateIfDue(rotateAfterDays: number, overlapMs?: number): Promise<Outcome> {
    const { listed, pending, isUnsettled } = await this.observe();
    const isInProgress = listed.length > 1 || pending !== undefined || isUnsettled;
    const notDue = isInProgress ? undefined : notDueYet(listed, rotateAfterDays, this.context.now());
    return notDue ?? (await this.rotate(overlapMs));
  }

  /**
   * Ends the overlap.
   * @param keep Cognito's id of the secret that services read, where it is not noted
   * @throws {UserError} when no token is issued for that secret, or its id is unknown; nothing is deleted then
   */
  async finish(keep?: string): Promise<Outcome> {
    const { listed, isUnsettled } = await this.observeDelivered("--finish");
    const delivered = await this.requireDelivered(listed);
    const id = await this.deliveredId(delivered, listed, keep);
    const others = listed.filter((secret) => secret.id !== id);
    await this.deleteSecrets(others);
    return await this.settled(others.length > 0 || isUnsettled ? "finished" : "unchanged", id, delivered);
  }

  /**
   * Delivers the older secret again, and deletes the younger one.
   * @throws {UserError} when no token is issued for the secret that services would read; nothing is deleted then
   */
  async abort(): Promise<Outcome> {
    const { listed, current, pending } = await this.observe();
    if (pending !== undefined) return await this.abortPending(pending, current, listed);
    const delivered = await this.requireDelivered(listed);
    const id = await this.deliveredId(delivered, listed);
    const [older, younger] = listed;
    if (older === undefined || younger === undefined) return await this.settled("unchanged", id, delivered);
    const old = id === older.id ? delivered : await this.provedOld(delivered, id, listed);
    const back = { ...old, id: older.id, replaced: [younger.id] };
    return await this.goBack(delivered, back, { ...delivered, id }, younger);
  }

  /**
   * Delivers the same secret with the scopes and the token URL that are deployed now.
   * @throws {UserError} when no token is issued for it, or a new one is pending
   */
  async deliverAgain(): Promise<Outcome> {
    const { store, report } = this.context;
    const { listed } = await this.observeDelivered("--deliver");
    const delivered = await this.requireDelivered(listed);
    const id = idOf(delivered, listed, await store.read("previous"));
    await store.deliver(delivered, { ...delivered, id });
    report(`✓ the same secret was delivered with the deployed scopes and token URL: ${store.place}`);
    await this.followVersion();
    return { kind: "delivered", secretId: id ?? "" };
  }

  /** Reads in an order in which another run can hide no secret: one is pending before Cognito has it. */
  private async observe(): Promise<Observed> {
    const { secrets, store, wait } = this.context;
    const attempt = async () => {
      const listed = await secrets.list();
      const [pending, current] = [await store.read("pending"), await store.read("current")];
      const isUnsettled = pending !== undefined && pending.value === current?.value;
      return { listed, current, pending: isUnsettled ? undefined : pending, isUnsettled };
    };
    // The secret was added, or deleted, between two reads.
    const isTorn = ({ listed, current }: Observed) => current?.id && listed.every(({ id }) => id !== current.id);
    return await retry(attempt, (seen, count) => (isTorn(seen) && count < MAX_OBSERVATIONS ? 0 : undefined), wait);
  }

  /** @throws {UserError} when a secret is pending and not delivered */
  private async observeDelivered(option: string): Promise<Observed> {
    const observed = await this.observe();
    if (observed.pending === undefined) return observed;
    const how = `Run the command without ${option}, which delivers it, or with --abort.`;
    throw new UserError(`a new secret is pending, so nothing was changed. ${known(observed.listed)} ${how}`);
  }

  private async deliverNew(observed: Observed): Promise<void> {
    const { store, report } = this.context;
    const kept = observed.pending ?? (await this.createSecret(observed));
    if (kept === undefined) return report("Another run has delivered a new secret in the meantime.");
    report(observed.pending ? "Continuing with the pending secret." : `✓ a new secret was stored: ${store.place}`);
    const id = await this.setSecret(kept);
    await this.testSecret(id, kept);
    await this.finishSecret(observed.current, { ...kept, id });
  }

  /** @returns what is pending; `undefined` when another run was faster @throws {UserError} when there is no room */
  private async createSecret({ listed, current }: Observed): Promise<Credentials | undefined> {
    const { client, secrets, store, report } = this.context;
    if (listed.length > 1) {
      const what = `client "${client.name}" has two secrets, and ${store.place} does not record which one replaces the other`;
      throw new UserError(`${what}, so nothing was changed. ${known(listed)} ${waysOut(client)}`);
    }
    // Fails before anything is changed when the client gets no token with any secret.
    const value = current?.value || (await secrets.original());
    const isAccepted = value !== undefined && (await secrets.isAccepted(value));
    if (current !== undefined && !(current.value !== "" && isAccepted)) {
      const what = current.value === "" ? "is empty" : "is refused";
      report(`The secret of ${store.place} ${what}. It is replaced by a new one.`);
    }
    return await store.create(current, newCredentials(listed.map(({ id }) => id)));
  }

  /** Adds the pending secret, unless Cognito has it. @returns its id */
  private async setSecret(kept: Credentials): Promise<string> {
    const { secrets } = this.context;
    const given = (await secrets.isAccepted(kept.value)) ? undefined : await secrets.add(kept.value);
    const listed = await secrets.list();
    const id = given ?? idOf(kept, listed);
    if (id !== undefined) return id;
    throw new UserError(
      `another secret cannot be added, because a client has at most two. ${known(listed)} Delete one: --finish keeps the one that services read, --abort the old one.`,
    );
  }

  private async testSecret(id: string, { value }: Credentials): Promise<void> {
    const { client, secrets, store, report } = this.context;
    if (!(await this.becomesAccepted(value))) {
      const stays = `${store.place} was not changed. ${known(await secrets.list())}`;
      throw new UserError(
        `${client.tokenUrl} refuses the new secret. ${stays} Run the command again, or with --abort.`,
      );
    }
    report(`✓ a token was issued for the new secret: ${id}`);
  }

  /** Secrets Manager may return the old value for a moment: such a read must not decide what is deleted. */
  private async finishSecret(from: Credentials | undefined, pending: Credentials): Promise<void> {
    const { store, wait, report } = this.context;
    await store.finish(from, pending);
    const isShown = async () => (await store.read("current"))?.value === pending.value;
    if (!(await retry(isShown, untilTrue(STORE_DELAY_MS), wait))) {
      throw new UserError(`${store.place} does not show the new secret yet. Run the command again.`);
    }
    report(`✓ the new secret was delivered: ${store.place}`);
  }

  private async overlap(overlapMs: number | undefined): Promise<Outcome> {
    const { store } = this.context;
    const { listed, pending } = await this.observe();
    const delivered = await this.requireDelivered(listed);
    const previous = await store.read("previous");
    await this.followVersion();
    const id = idOf(delivered, listed);
    const own = listed.find((secret) => secret.id === id);
    // Services that read an empty secret use another one, which is not known here.
    const mayEnd = pending === undefined && previous?.value !== "" && replacesOthers(delivered, listed);
    const overlapping = { kind: "overlapping", secretId: id ?? "" } as const;
    if (overlapMs === undefined || own === undefined || !mayEnd) return overlapping;
    const endsAt = own.createdAt.getTime() + overlapMs;
    if (await this.isOver(endsAt)) return await this.finish();
    return { ...overlapping, overlapEnds: new Date(endsAt).toISOString() };
  }

  /** Waits for an end that is near. */
  private async isOver(endsAt: number): Promise<boolean> {
    const { wait, now, report } = this.context;
    const left = () => endsAt - now().getTime();
    if (left() > MAX_OVERLAP_WAIT_MS) return false;
    while (left() > 0) {
      report(`Both secrets are accepted for ${Math.ceil(left() / 1000)} s more.`);
      await wait(Math.min(left(), REPORT_EVERY_MS));
    }
    return true;
  }

  /** Services go on with what they read, which may be nothing yet. */
  private async abortPending(
    pending: Credentials,
    current: Credentials | undefined,
    listed: readonly ClientSecret[],
  ): Promise<Outcome> {
    const isAdded = await this.context.secrets.isAccepted(pending.value);
    const unwanted = isAdded ? listed.find(({ id }) => id === idOf(pending, listed)) : undefined;
    const kept = listed.find((one) => one !== unwanted);
    if (isAdded && (unwanted === undefined || kept === undefined)) {
      throw new UserError(`nothing was deleted: it is unknown which secret is the new one. ${known(listed)}`);
    }
    if (current?.value) await this.requireDelivered(listed);
    const notes = unwanted && { id: kept?.id, replaced: [unwanted.id] };
    return await this.goBack(current, current && { ...current, ...notes }, pending, unwanted);
  }

  /**
   * Has services read a secret, so that no run can deliver another one any more, and deletes that.
   * @param current what services read; `undefined` when there is nothing, and then `back` is `undefined` as well
   * @param unwanted the other secret, with `deleted` where Cognito has it
   */
  private async goBack(
    current: Credentials | undefined,
    back: Credentials | undefined,
    unwanted: Credentials,
    deleted: ClientSecret | undefined,
  ): Promise<Outcome> {
    const { secrets, store, report } = this.context;
    const replaced = current && back && (await store.deliver(current, back));
    if (current?.value !== back?.value) report(`✓ the old secret was delivered again: ${store.place}`);
    if (unwanted.value !== back?.value) await store.settle(unwanted);
    // A run that observed the store in between has seen that nothing is pending; an earlier one cannot deliver now.
    const last = replaced && back && (await store.deliver(replaced, back));
    const listed = await secrets.list();
    const isGone = (id: string | undefined) => id !== undefined && listed.every((one) => one.id !== id);
    if (isGone(deleted?.id) || isGone(back?.id)) {
      const isLost = last !== undefined && last.value !== current?.value && !(await secrets.isAccepted(last.value));
      if (isLost && current && (await secrets.isAccepted(current.value))) await store.deliver(last, current);
      throw changedMeanwhile(store);
    }
    const delivered = back?.value ? await this.requireDelivered(listed) : await store.read("current");
    if (delivered?.value !== back?.value) throw changedMeanwhile(store);
    await this.deleteSecrets(deleted === undefined ? [] : [deleted]);
    return await this.settled("aborted", back?.id ?? "", delivered ?? unwanted);
  }

  /** The secret that services read before, if a token is issued for it. */
  private async provedOld(delivered: Credentials, id: string, listed: readonly ClientSecret[]): Promise<Credentials> {
    const { secrets, store } = this.context;
    const original = { value: (await secrets.original()) ?? "", id: undefined, replaced: [], version: undefined };
    for (const old of [await store.read("previous"), original]) {
      const isOther = old?.value && old.value !== delivered.value;
      const isListed = old?.id === undefined || listed.some((one) => one.id === old.id && one.id !== id);
      if (isOther && isListed && (await secrets.isAccepted(old.value))) return old;
    }
    const what = `services read the new secret from ${store.place}, and no older one is known that is still accepted`;
    throw new UserError(`${what}, so nothing was deleted. ${known(listed)} Continue with --finish.`);
  }

  /**
   * Deletes secrets. If services read one of them afterwards, because another run delivered it meanwhile or `--keep`
   * named the wrong one, that is added again: its value is known.
   */
  private async deleteSecrets(unwanted: readonly ClientSecret[]): Promise<void> {
    const { secrets, store, report } = this.context;
    for (const { id, createdAt } of unwanted) {
      await secrets.delete(id);
      report(`✓ the secret of ${createdAt.toISOString()} is deleted: ${id}`);
    }
    const delivered = unwanted.length === 0 ? undefined : await store.read("current");
    if (delivered === undefined || delivered.value === "") return;
    if (await secrets.isAccepted(delivered.value)) return report("✓ a token was issued for the remaining secret");
    const id = await secrets.add(delivered.value);
    const isBack = await this.becomesAccepted(delivered.value);
    const replaced = (await secrets.list()).map((one) => one.id).filter((one) => one !== id);
    if (id !== undefined) await store.deliver(delivered, { ...delivered, id, replaced });
    const now = isBack ? "It was added again, and is accepted" : "It could not be added again, and is refused";
    throw new UserError(
      `the secret that services read was deleted: ${unwanted[0]?.id}. ${now}. Run the command again.`,
    );
  }

  /** Last steps of a rotation, which can be repeated. */
  private async settled(kind: Outcome["kind"], secretId: string, secret: Credentials): Promise<Outcome> {
    const { state, store, report } = this.context;
    await this.followVersion();
    await state.followClient();
    report("✓ Terraform's state is up to date");
    await store.settle({ ...secret, id: secretId || undefined });
    return { kind, secretId };
  }

  private async followVersion(): Promise<void> {
    const { store, state } = this.context;
    const version = (await store.read("current"))?.version;
    if (version !== undefined) await state.followVersion(version);
  }

  /** What services read, if a token is issued for it. @throws {UserError} otherwise */
  private async requireDelivered(listed: readonly ClientSecret[]): Promise<Credentials> {
    const { client, store, report } = this.context;
    const delivered = await store.read("current");
    if (delivered?.value && (await this.becomesAccepted(delivered.value))) {
      report("✓ a token was issued for the secret that services read");
      return delivered;
    }
    const refused = delivered?.value ? `${client.tokenUrl} refuses the secret of` : "an empty secret is in";
    const what = `${delivered === undefined ? "no credentials are in" : refused} ${store.place}, so nothing was changed`;
    const advice =
      listed.length > 1
        ? waysOut(client)
        : "Run the command without --finish, --abort and --deliver to deliver a new one.";
    throw new UserError(`${what}. ${known(listed)} ${advice}`);
  }

  /** @throws {UserError} when the id is unknown, or another one than `keep` */
  private async deliveredId(delivered: Credentials, listed: readonly ClientSecret[], keep?: string): Promise<string> {
    const found = idOf(delivered, listed, await this.context.store.read("previous"));
    const id = found ?? listed.find((one) => one.id === keep)?.id;
    if (id !== undefined && (keep === undefined || keep === id)) return id;
    const what = found === undefined ? "it is unknown which one services read" : `services read ${found}`;
    throw new UserError(`nothing was deleted: ${what}. ${known(listed)} If you know it: --finish --keep <id>`);
  }

  private async becomesAccepted(secret: string): Promise<boolean> {
    const { secrets, wait } = this.context;
    return await retry(() => secrets.isAccepted(secret), untilTrue(TOKEN_DELAY_MS), wait);
  }
}

/** The outcome while the oldest secret is not too old; otherwise `undefined`. @param listed oldest first */
export function notDueYet([oldest]: readonly ClientSecret[], rotateAfterDays: number, now: Date): Outcome | undefined {
  if (oldest === undefined) return undefined;
  const dueAt = rotationDueAt(oldest.createdAt.getTime(), rotateAfterDays);
  if (now.getTime() >= dueAt) return undefined;
  return { kind: "not-due", secretId: oldest.id, dueAt: new Date(dueAt).toISOString() };
}

function untilTrue(delayMs: number) {
  return (isTrue: boolean, attempts: number) => (isTrue || attempts === MAX_ATTEMPTS ? undefined : delayMs);
}

/**
 * Cognito's id of a secret that is accepted: the one that is noted, or the only one that it cannot be mistaken for.
 * @param previous what services read before
 * @returns `undefined` when it is unknown
 */
function idOf(secret: Credentials, listed: readonly ClientSecret[], previous?: Credentials): string | undefined {
  const ids = listed.map(({ id }) => id);
  if (secret.id !== undefined && ids.includes(secret.id)) return secret.id;
  const others = [...secret.replaced, ...(previous?.id && previous.value !== secret.value ? [previous.id] : [])];
  const left = ids.filter((id) => !others.includes(id));
  return left.length === 1 ? left[0] : undefined;
}

/** Whether a secret is one of the client's, and noted to replace all others. */
function replacesOthers(secret: Credentials, listed: readonly ClientSecret[]): boolean {
  const own = idOf(secret, listed);
  return own !== undefined && listed.every(({ id }) => id === own || secret.replaced.includes(id));
}

/** What to do about two secrets whose origin is not noted. */
function waysOut({ region, userPoolId, id, store }: RotatedClient): string {
  const ids = `--region ${region} --user-pool-id ${userPoolId} --client-id ${id} --client-secret-id <id>`;
  return [
    "--finish keeps the one that services read and deletes the other, once a token is issued for it.",
    ...(store === undefined ? ["If services read a file, name the file or a copy of it: --finish --to <file>."] : []),
    "If it is not recorded which one services read, name it: --finish --keep <id>.",
    `If you know that one is not used: aws cognito-idp delete-user-pool-client-secret ${ids}`,
  ].join("\n");
}

/** The secrets, in one sentence. */
function known(listed: readonly ClientSecret[]): string {
  return `Cognito has ${listed.map(({ id, createdAt }) => `${id} of ${createdAt.toISOString()}`).join(" and ")}.`;
}
