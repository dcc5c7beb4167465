/**
 * Writes `bindings.json`: the schema of the provider and of the resource types and data sources that the embedded AWS
 * emulates, taken from the installed `@cdktf/provider-aws`, so that it is the surface of the very provider that the
 * bindings are pinned to.
 *
 *     node --require ./cli/typescript.cjs emulator/terraform/schema/generate.ts
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Bindings, BlockSchema, NestedBlockSchema } from "./block";
import { readBinding } from "./read-binding";
import { dataSourceTypes, resourceTypes } from "./resource-types";

/**
 * Reads the bindings of the provider, of all {@link resourceTypes} and {@link dataSourceTypes}.
 *
 * @param readText text of a binding by the name of its folder, such as `iam-role`; left out means the installed one
 * @throws {Error} naming the file, when a binding is missing, is of another type or cannot be understood
 */
export function generateBindings(readText: (name: string) => string = readInstalled): Bindings {
  const read = <T>(name: string, parse: (text: string) => T): T => {
    try {
      // The bindings of the fork CDK Terrain have another name of the library.
      return parse(readText(name).replaceAll(/\bcdktn\./g, "cdktf."));
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`@cdktf/provider-aws/lib/${name}/index.js: ${reason}`, { cause });
    }
  };
  const readAll = (types: readonly string[], prefix: string) => {
    const all = [...types].sort().map((type): [string, BlockSchema] => {
      const name = type.replace(/^aws_/, prefix).replaceAll("_", "-");
      return [type, read(name, (text) => readTyped(text, type))];
    });
    return Object.fromEntries(all);
  };
  return {
    providerVersion: read("provider", readProviderVersion),
    provider: read("provider", readBinding),
    resources: readAll(resourceTypes, ""),
    dataSources: readAll(dataSourceTypes, "data-aws-"),
  };
}

/** `bindings.json`: JSON of one attribute a line, names in the order given, with a newline at the end. */
export function formatBindings({ providerVersion, provider, resources, dataSources }: Bindings): string {
  const indent = "  ";
  const formatAll = (blocks: Readonly<Record<string, BlockSchema>>) =>
    formatObject(
      indent,
      mapValues(blocks, (block) => formatBlock(indent.repeat(2), block)),
    );
  const text = formatObject("", {
    providerVersion: JSON.stringify(providerVersion),
    provider: formatBlock(indent, provider),
    resources: formatAll(resources),
    dataSources: formatAll(dataSources),
  });
  return `${text}\n`;
}

function readInstalled(name: string): string {
  return readFileSync(require.resolve(`@cdktf/provider-aws/lib/${name}/index.js`), "utf8");
}

function readTyped(text: string, type: string): BlockSchema {
  const found = /terraformResourceType: '(\w+)'/.exec(text)?.[1];
  if (found !== type) throw new Error(`it is of type ${found ?? "unknown"}; expected ${type}`);
  return readBinding(text);
}

function readProviderVersion(text: string): string {
  const version = /providerVersion: '([\d.]+)'/.exec(text)?.[1];
  if (version === undefined) throw new Error("it does not tell its providerVersion");
  return version;
}

function formatBlock(indent: string, { attributes, blocks }: BlockSchema): string {
  const inner = `${indent}  `;
  return formatObject(indent, {
    attributes: formatObject(inner, mapValues(attributes, formatLine)),
    blocks: formatObject(
      inner,
      mapValues(blocks, (nested) => formatNested(`${inner}  `, nested)),
    ),
  });
}

function formatNested(indent: string, { block, ...rest }: NestedBlockSchema): string {
  return formatObject(indent, { ...mapValues(rest, formatLine), block: formatBlock(`${indent}  `, block) });
}

/** A value on one line: `{ "type": "string", "optional": true }`. */
function formatLine(value: unknown): string {
  return JSON.stringify(value, null, 1).replaceAll(/([[{])\n\s*|\n\s*([\]}])|\n\s*/g, formatBreak);
}

function formatBreak(_: string, opening = "", closing = ""): string {
  if (opening === "{") return "{ ";
  if (closing === "}") return " }";
  return opening || closing || " ";
}

/** @param members names and values already formatted */
function formatObject(indent: string, members: Readonly<Record<string, string>>): string {
  const lines = Object.entries(members).map(([name, value]) => `${indent}  ${JSON.stringify(name)}: ${value}`);
  return lines.length === 0 ? "{}" : `{\n${lines.join(",\n")}\n${indent}}`;
}

function mapValues<T>(
  things: Readonly<Record<string, T>>,
  map: (thing: T) => string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(things).map(([name, thing]) => [name, map(thing)]));
}

if (require.main === module) {
  const bindings = generateBindings();
  const path = join(__dirname, "bindings.json");
  writeFileSync(path, formatBindings(bindings));
  console.log(
    `Wrote ${path}: ${resourceTypes.length + dataSourceTypes.length} types of hashicorp/aws ${bindings.providerVersion}.`,
  );
}
