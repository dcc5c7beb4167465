/**
 * Staging labels of a secret's versions: each is on one version at a time. Pure.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html#term_version
 */
import type { SecretVersion } from "./secret";

/** The version that is read when none is named. */
export const CURRENT = "AWSCURRENT";
const PREVIOUS = "AWSPREVIOUS";
/** The version that a rotation makes. */
export const PENDING = "AWSPENDING";

/** Whether the version has the label. */
export function hasStage({ stages }: SecretVersion, label: string): boolean {
  return stages.includes(label);
}

/**
 * The versions once one of them has the label, which all others lose. The one that was the current before becomes the
 * previous, and is not pending any more.
 * @param id version that gets it; `undefined` takes it away
 */
export function withStage(
  versions: readonly SecretVersion[],
  label: string,
  id: string | undefined,
): readonly SecretVersion[] {
  const replaced = label === CURRENT ? versions.find((version) => hasStage(version, CURRENT)) : undefined;
  const isReplaced = (version: SecretVersion) => version === replaced && version.id !== id;
  const moved = versions.map((version) => {
    const others = version.stages.filter((stage) => stage !== label && !(stage === PENDING && isReplaced(version)));
    return { ...version, stages: version.id === id ? [...others, label] : others };
  });
  return replaced === undefined || replaced.id === id ? moved : withStage(moved, PREVIOUS, replaced.id);
}
