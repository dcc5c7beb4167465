/**
 * Staging labels of a secret's versions: each is on one version at a time. Pure.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/getting-started.html#term_version
 */
import type { SecretVersion } from "./secret-store";

/** The version that is read when none is named. */
export const CURRENT = "AWSCURRENT";
const PREVIOUS = "AWSPREVIOUS";

/** Whether the version has the label. */
export function hasStage({ stages }: SecretVersion, label: string): boolean {
  return stages.includes(label);
}

/**
 * The versions once one of them has the label, which all others lose. The one that was the current before becomes the
 * previous.
 * @param id version that gets it; `undefined` takes it away
 */
export function withStage(
  versions: readonly SecretVersion[],
  label: string,
  id: string | undefined,
): readonly SecretVersion[] {
  const moved = versions.map((version) => {
    const others = version.stages.filter((stage) => stage !== label);
    return { ...version, stages: version.id === id ? [...others, label] : others };
  });
  const replaced = label === CURRENT ? versions.find((version) => hasStage(version, CURRENT)) : undefined;
  return replaced === undefined || replaced.id === id ? moved : withStage(moved, PREVIOUS, replaced.id);
}
