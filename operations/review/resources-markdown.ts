/** Rows of the table of resources: what is done alike to many shares a row. Pure. */

import { code, codes, row } from "../../platform/markdown";
import { type AttributeChange, UNKNOWN } from "./attribute-changes";
import type { ReviewedResource } from "./resource-changes";
import { valueChange } from "./value-change";

/** A row, and how many resources it tells of. */
export interface ResourceRow {
  /** Without attributes, but with what forces it to be made anew. */
  readonly line: string;
  /** With attributes. */
  readonly full: string;
  readonly count: number;
}

/** More resources than this that change alike share a row. */
const MOST_ROWS = 5;

/** So many of them are named there. */
const NAMED = 3;

/** An attribute with more values than this in a row of many is not told by its values. */
const MOST_VALUES = 3;

/** A resource, and its attributes as they are shown. */
interface Written {
  readonly resource: ReviewedResource;
  readonly texts: readonly string[];
}

/** In the order of the resources, but of each action first what is of few, so that bulk hides nothing. */
export function resourceRows(resources: readonly ReviewedResource[]): readonly ResourceRow[] {
  const written = resources.map((resource) => ({ resource, texts: resource.attributes.map(textOf(resource)) }));
  const alike = grouped(written, ({ resource }) => shapeOf(resource)).flatMap(withSameValues);
  const actions = [...new Set(resources.map(({ action }) => action))];
  return actions.flatMap((action) => {
    const groups = alike.filter(([first]) => first?.resource.action === action);
    const [few, many] = [groups.filter(isFew), groups.filter((group) => !isFew(group))];
    const single = new Set(few.flat().map(({ resource }) => resource));
    return [...written.filter(({ resource }) => single.has(resource)).map(rowOf), ...many.map(rowOfMany)];
  });
}

function isFew(group: readonly unknown[]): boolean {
  return group.length <= MOST_ROWS;
}

/** What is done, to what, and to which attributes; of what lives on, also by which values: no change hides behind another. */
function shapeOf({ action, type, forcedBy, attributes }: ReviewedResource): string {
  const isWhole = action === "create" || action === "destroy";
  const names = attributes.map(({ attribute, isShown, isUnknown }) => [attribute, isShown, isUnknown]);
  return JSON.stringify([action, type, forcedBy, isWhole ? names : attributes]);
}

/** Told apart by attributes that have few values, such as whether a method asks for a token. */
function withSameValues(group: readonly Written[]): readonly (readonly Written[])[] {
  const width = group[0]?.texts.length ?? 0;
  const telling = Array.from({ length: width }, (_, index) => index).filter(
    (index) => new Set(group.map(({ texts }) => texts[index])).size <= MOST_VALUES,
  );
  return grouped(group, ({ texts }) => JSON.stringify(telling.map((index) => texts[index])));
}

function grouped(all: readonly Written[], keyOf: (one: Written) => string): readonly (readonly Written[])[] {
  const groups = new Map<string, Written[]>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}

function rowOf({ resource, texts }: Written): ResourceRow {
  const what = `${code(resource.name)}<br>${code(resource.type)}`;
  return { line: lineOf(resource, what, []), full: lineOf(resource, what, texts), count: 1 };
}

function rowOfMany(group: readonly Written[]): ResourceRow {
  const [first] = group;
  if (first === undefined) throw new Error("an empty group");
  const { resource } = first;
  const names = codes(group.slice(0, NAMED).map((one) => one.resource.name));
  const what = `${number(group.length)} × ${code(resource.type)}<br>${names} and ${number(group.length - NAMED)} more`;
  const texts = resource.attributes.map(({ attribute }, index) => {
    const values = new Set(group.map((one) => one.texts[index]));
    return values.size === 1
      ? (first.texts[index] ?? "")
      : `${code(attribute)}: ${number(values.size)} different values`;
  });
  return { line: lineOf(resource, what, []), full: lineOf(resource, what, texts), count: group.length };
}

function number(count: number): string {
  return count.toLocaleString("en");
}

function lineOf({ action, forcedBy }: ReviewedResource, what: string, attributes: readonly string[]): string {
  const isDrastic = action === "destroy" || action === "replace";
  const because = forcedBy.length > 0 ? [`because of ${codes(forcedBy)}`] : [];
  return row(isDrastic ? `**${action}**` : action, what, [...because, ...attributes].join("<br>"));
}

/** Of what is created or destroyed there is one side only. */
function textOf({ action }: ReviewedResource): (attribute: AttributeChange) => string {
  const value = (text: string | null) => (text === null ? "–" : text === UNKNOWN ? text : code(text));
  return ({ attribute, isShown, before, after, isUnknown }) => {
    const name = code(attribute);
    if (!isShown) return isUnknown ? `${name} changed ${UNKNOWN}` : `${name} changed`;
    if (action === "create") return `${name}: ${value(after)}`;
    if (action === "destroy") return `${name}: ${value(before)}`;
    const isKnown = before !== null && after !== null && !isUnknown;
    return `${name}: ${isKnown ? valueChange(before, after) : `${value(before)} → ${value(after)}`}`;
  };
}
