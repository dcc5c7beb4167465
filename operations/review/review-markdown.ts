/** A review as Markdown: a comment for a pull request that is never longer than it may be. Pure. */

import { code, codes, counted, head } from "../../platform/markdown";
import { accessRows } from "./access-markdown";
import type { Alert } from "./alert";
import { costSection } from "./costs-markdown";
import { resourceRows } from "./resources-markdown";
import type { Review } from "./review";
import { Room } from "./room";

/** GitHub takes no longer comments. @see https://github.com/orgs/community/discussions/27190 */
export const MOST_CHARACTERS = 65_536;

/** Less could not hold what every review says. */
export const FEWEST_CHARACTERS = 4000;

/** What tells a comment from others, so that it can be found and updated. */
const MARKER = "machine-access-review";

/** So many of what was changed outside are named. */
const NAMED = 3;

/** Room for the sentences that say what was cut. */
const CUT_NOTES = 600;

/**
 * The review. Where it would be too long, the least important part is left out and the review says how much: first
 * attributes, then resources, then who gains and loses what, and loud lines at last.
 *
 * @param mostCharacters at least {@link FEWEST_CHARACTERS}
 */
export function reviewMarkdown(review: Review, mostCharacters: number = MOST_CHARACTERS): string {
  const { environment, fingerprint, alerts, access, resources } = review;
  const marker = `<!-- ${MARKER} environment=${environment} fingerprint=${fingerprint} -->`;
  const top = `${marker}\n## Review of ${code(environment)}\n`;
  const calls = accessFrame(review);
  const things = resourceFrame(review);
  const costs = costSection(review.costs);
  const room = new Room(mostCharacters - CUT_NOTES);
  room.takeAll([top, summary(review), ...calls, ...things, ...costs]);
  const { loud, pairs, rows, plain, outputs } = fitting(review, room);
  return [
    top,
    ...loud,
    ...cutNote(alerts.length - loud.length, "more loud line"),
    `${summary(review)}\n`,
    ...[...calls, ...pairs.map(({ line }) => line), ""],
    ...cutNote(access.length - pairs.reduce((sum, { count }) => sum + count, 0), "more gained or lost call"),
    ...[...things, ...rows.map(({ text }) => text), ...(things.length === 0 ? [] : [""])],
    ...cutNote(resources.length - rows.reduce((sum, { count }) => sum + count, 0), "more resource"),
    ...cutNote(plain, "resource without its attributes", "resources without their attributes"),
    ...outputs,
    ...costs,
  ].join("\n");
}

/** What fits of each part, the most important first. */
function fitting({ alerts, access, resources, outputs }: Review, room: Room) {
  const loud = room.takeAll(alerts.map(alertText));
  const calls = accessRows(access);
  const pairs = calls.slice(0, room.takeAll(calls.map(({ line }) => line)).length);
  const all = resourceRows(resources);
  const lines = all.slice(0, room.takeAll(all.map(({ line }) => line)).length);
  const named = outputLine(outputs);
  const isNamed = room.take(named.length);
  const rows = lines.map(({ line, full, count }) => {
    const isFull = room.take(full.length - line.length);
    return { text: isFull ? full : line, count, isFull };
  });
  const plain = rows.reduce((sum, { isFull, count }) => sum + (isFull ? 0 : count), 0);
  const count = `${counted(outputs.length, "output")} will change.\n`;
  return { loud, pairs, rows, plain, outputs: outputs.length === 0 ? [] : [isNamed ? named : count] };
}

/** A line that stands out on GitHub. @see https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#alerts */
function alertText({ level, message }: Alert): string {
  return `> [!${level.toUpperCase()}]\n> ${message}\n`;
}

function summary(review: Review): string {
  const { hasChanges, counts, fingerprint } = review;
  const what = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([action, count]) => `${count.toLocaleString("en")} to ${action}`);
  const changes = hasChanges ? `**${what.join(", ") || "Only outputs change"}.**` : "**Nothing changes.**";
  return `${changes}${driftNote(review)} Fingerprint ${code(fingerprint)}.`;
}

/** What is undone of others' work, or comes on top of it. */
function driftNote({ drifted, resources }: Review): string {
  if (drifted.length === 0) return "";
  const names = resources.filter(({ address }) => drifted.includes(address)).map(({ name }) => name);
  const more = drifted.length - NAMED;
  const named = codes(names.slice(0, NAMED)) + (more > 0 ? ` and ${more.toLocaleString("en")} more` : "");
  return ` ${counted(drifted.length, "resource")} of these somebody changed outside of the code: ${named}.`;
}

function accessFrame({ access }: Review): readonly string[] {
  const title = ["### Who can call what", ""];
  if (access.length === 0) return [...title, "Nobody gains or loses a call."];
  return [...title, ...head("route", "client", "before → after", "")];
}

function resourceFrame({ resources }: Review): readonly string[] {
  return resources.length === 0 ? [] : ["### Resources", "", ...head("action", "resource", "attributes")];
}

function outputLine(outputs: readonly string[]): string {
  return `Outputs that change: ${codes(outputs)}.\n`;
}

function cutNote(count: number, one: string, many = `${one}s`): readonly string[] {
  return count === 0 ? [] : [`_Cut here: ${count.toLocaleString("en")} ${count === 1 ? one : many}._`, ""];
}
