/** Rows of the table of resources. Pure. */
import { type AttributeChange, UNKNOWN } from "./attribute-changes";
import { code, codes, row } from "./markdown-text";
import type { ReviewedResource } from "./resource-changes";

/** A resource without its attributes, but with what forces it to be made anew. */
export function resourceLine(resource: ReviewedResource): string {
  return lineOf(resource, []);
}

/** A resource with its attributes. */
export function withDetails(resource: ReviewedResource): string {
  return lineOf(
    resource,
    resource.attributes.map((attribute) => attributeText(attribute, resource)),
  );
}

function lineOf({ action, name, type, forcedBy }: ReviewedResource, attributes: readonly string[]): string {
  const isDrastic = action === "destroy" || action === "replace";
  const because = forcedBy.length > 0 ? [`because of ${codes(forcedBy)}`] : [];
  return row(
    isDrastic ? `**${action}**` : action,
    `${code(name)}<br>${code(type)}`,
    [...because, ...attributes].join("<br>"),
  );
}

/** Of what is created or destroyed there is one side only. */
function attributeText(
  { attribute, isShown, before, after, isUnknown }: AttributeChange,
  { action }: ReviewedResource,
) {
  const name = code(attribute);
  if (!isShown) return isUnknown ? `${name} changed ${UNKNOWN}` : `${name} changed`;
  const value = (text: string | null) => (text === null ? "–" : text === UNKNOWN ? text : code(text));
  if (action === "create") return `${name}: ${value(after)}`;
  return action === "destroy" ? `${name}: ${value(before)}` : `${name}: ${value(before)} → ${value(after)}`;
}
