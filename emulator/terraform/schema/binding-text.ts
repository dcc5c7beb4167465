/**
 * Takes the text of a generated binding, `@cdktf/provider-aws/lib/<name>/index.js`, apart: what can be set and what can
 * be read. `read-binding.ts` makes a schema of it.
 *
 * The text is machine-made and regular; whatever differs from the forms known here is an error, never left out.
 */

/** Something that can be set: an entry of `synthesizeHclAttributes()` or of `<struct>ToHclTerraform()`. */
export interface Setting {
  /** Class or function and entry, for errors. */
  readonly where: string;
  /** Terraform's name. */
  readonly name: string;
  /** How the value is converted, such as `cdktf.listMapperHcl(cdktf.stringToHclTerraform, false)(this._scopes)`. */
  readonly value: string;
  readonly isBlock: boolean;
  /** `simple`, `list`, `set`, `map` or `struct`. */
  readonly collection: string;
  /** `string`, `stringList`, `stringMap` and the like, or the name of a class. */
  readonly storage: string;
}

/** Something that can be read: a getter of a resource or of an output reference. */
export interface Member {
  /** Class and getter, for errors. */
  readonly where: string;
  /** What the getter returns, `this.getStringAttribute('arn')` or `new OrderScopeList(this, "scope", true)`. */
  readonly expression: string;
  readonly isSettable: boolean;
  /** Whether there is a `reset…` method, so that it may be left out. */
  readonly isResettable: boolean;
  /** Whether the provider may fill it in. */
  readonly isComputed: boolean;
}

/** Members by Terraform's names. */
export type Members = ReadonlyMap<string, Member>;

/** The class of the resource, of the data source or of the provider in a binding. */
export interface MainClass {
  readonly where: string;
  readonly isProvider: boolean;
  readonly body: string;
}

/** @throws {Error} when there is none */
export function findMainClass(source: string): MainClass {
  const form = /^class (\w+) extends cdktf\.Terraform(Resource|DataSource|Provider) \{\n([\s\S]*?)^\}/m;
  const [, name, base, body = ""] =
    form.exec(source) ?? refuse("the text", "it has no class of a resource, data source or provider");
  return { where: `class ${name}`, isProvider: base === "Provider", body };
}

/** What can be set in a struct; `struct` in the functions' spelling, `iamRoleInlinePolicy`. */
export function readStructSettings(source: string, struct: string): readonly Setting[] {
  const where = `function ${struct}ToHclTerraform`;
  const body = new RegExp(`^${where}\\(struct\\) \\{\\n([\\s\\S]*?)^\\}`, "m").exec(source)?.[1];
  return readSettings({ where, body: body ?? refuse(where, "it is called, but not there") });
}

/** What can be read of a struct; `struct` in either spelling, `iamRoleInlinePolicy` or `IamRoleInlinePolicy`. */
export function readStructMembers(source: string, struct: string): Members {
  const where = `class ${capitalize(struct)}OutputReference`;
  const body = new RegExp(`^${where} extends cdktf\\.ComplexObject \\{\\n([\\s\\S]*?)^\\}`, "m").exec(source)?.[1];
  return readMembers(source, { where, body: body ?? refuse(where, "it is used, but not there") });
}

const entryForm =
  /^\s+(\w+): \{\s+value: (.+),\s+isBlock: (true|false),\s+type: "(\w+)",\s+storageClassType: "(\w+)",\s+\},$/gm;

/** What can be set, in the order of the text. */
export function readSettings({ where, body }: Pick<MainClass, "where" | "body">): readonly Setting[] {
  const [, attrs = ""] = /const attrs = \{([\s\S]*?)\};/.exec(body) ?? refuse(where, "there is no `const attrs = {`");
  const [unread] = attrs.replaceAll(entryForm, "").trim().split("\n");
  if (unread) refuse(where, `"${unread}" is not an entry of a known form`);
  return [...attrs.matchAll(entryForm)].map(([, name = "", value = "", isBlock, collection = "", storage = ""]) => ({
    where: `${where}, entry "${name}"`,
    name,
    value,
    isBlock: isBlock === "true",
    collection,
    storage,
  }));
}

/** `…Input` getters give back what was set: no attributes of their own. */
const inputForm = / {4}\/\/ Temporarily expose input value\..*\n {4}get \w+Input\(\) \{\n.*\n {4}\}\n/g;

/** What can be read. */
export function readMembers(source: string, { where: owner, body }: Pick<MainClass, "where" | "body">): Members {
  const text = body.replaceAll(inputForm, "");
  const computed = readComputed(source, owner);
  const members = new Map<string, Member>();
  for (const [, accessor = "", line = ""] of text.matchAll(/^ {4}get (\w+)\(\) \{\n *(.*)/gm)) {
    if (accessor === "internalValue") continue;
    const where = `${owner}, getter "${accessor}"`;
    const expression = resolveField(text, /^return (.+);$/.exec(line)?.[1] ?? refuse(where, `it does "${line}"`));
    const name = /["'](\w+)["']/.exec(expression)?.[1] ?? refuse(where, `"${expression}" names no attribute`);
    members.set(name, {
      where,
      expression,
      isSettable: text.includes(`    set ${accessor}(`) || text.includes(`    put${capitalize(accessor)}(`),
      isResettable: text.includes(`    reset${capitalize(accessor)}() {`),
      isComputed: computed.get(name) ?? refuse(where, `the source map has no flags of "${name}"`),
    });
  }
  return members;
}

/**
 * `this._scope` -> what the constructor or the declaration of the field makes it, `new OrderScopeList(this, "scope", true)`;
 * all else as it is.
 */
function resolveField(body: string, expression: string): string {
  const field = /^this\.(_\w+)$/.exec(expression)?.[1];
  if (field === undefined) return expression;
  return new RegExp(`^ +(?:this\\.)?${field} = (new .+);$`, "m").exec(body)?.[1] ?? expression;
}

/**
 * Which members of a class are computed. The compiler drops this comment of the generated TypeScript at whatever can be
 * set, `// name - computed: true, optional: true, required: false`; the source map inside the binding still has it.
 */
function readComputed(source: string, owner: string): ReadonlyMap<string, boolean> {
  const map = /^\/\/# sourceMappingURL=data:application\/json;base64,(\S+)$/m.exec(source)?.[1];
  const original = Buffer.from(map ?? refuse(owner, "the binding has no source map"), "base64").toString();
  const { sourcesContent } = JSON.parse(original) as { readonly sourcesContent?: readonly string[] };
  const body = new RegExp(`^export ${owner} extends [^\\n]*\\n([\\s\\S]*?)^\\}`, "m").exec(
    sourcesContent?.[0] ?? "",
  )?.[1];
  const flags = (body ?? refuse(owner, "it is not in the source map")).matchAll(
    /^ *\/\/ (\w+) - computed: (true|false),/gm,
  );
  return new Map([...flags].map(([, name = "", isComputed]) => [name, isComputed === "true"]));
}

function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/**
 * @param where class or function and construct
 * @param what what is wrong there
 * @throws {Error} always
 */
export function refuse(where: string, what: string): never {
  throw new Error(`${where}: ${what}. Teach emulator/terraform/schema to read this form.`);
}
