/** Runs a collection of Postman's in order, as far as ours use the format: variables, three kinds of auth, tests. */
import { strict as assert } from "node:assert";
import { runInNewContext } from "node:vm";
import { type Dispatcher, fetch } from "undici";
import type { Auth, Collection, Item, PostmanEnvironment, Request, Url } from "../../operations/postman/format";

/** What one test of a request found. */
export interface Tested {
  /** Folder, request and test. */
  readonly name: string;
  readonly failure: string | undefined;
}

/** @returns the tests in order */
export async function runCollection(
  { item: folders }: Collection,
  { values }: PostmanEnvironment,
  dispatcher: Dispatcher,
): Promise<readonly Tested[]> {
  const variables = new Map(values.map(({ key, value }) => [key, value]));
  const tested: Tested[] = [];
  for (const folder of folders) {
    for (const item of folder.item) {
      const answer = await send(item.request, variables, dispatcher);
      tested.push(...test(`${folder.name} > ${item.name}`, item, answer, variables));
    }
  }
  return tested;
}

interface Answer {
  readonly code: number;
  readonly body: string;
}

async function send(request: Request, variables: ReadonlyMap<string, string>, dispatcher: Dispatcher): Promise<Answer> {
  const fill = (text: string) => text.replace(/\{\{(.+?)\}\}/g, (_whole, name: string) => variables.get(name) ?? "");
  const { auth, body, method, url } = request;
  const given = {
    ...authorization(auth, fill),
    ...Object.fromEntries(request.header.map(({ key, value }) => [key, value])),
  };
  const form =
    body?.mode === "urlencoded"
      ? new URLSearchParams(Object.fromEntries(body.urlencoded.map(({ key, value }) => [key, fill(value)])))
      : undefined;
  const type = form === undefined ? "application/json" : "application/x-www-form-urlencoded";
  const content = form?.toString() ?? (body?.mode === "raw" ? body.raw : undefined);
  const sent = content === undefined ? {} : { body: content };
  const headers = { ...given, ...(content === undefined ? {} : { "Content-Type": type }) };
  const response = await fetch(fill(address(url)), { method, headers, dispatcher, ...sent });
  return { code: response.status, body: await response.text() };
}

function address({ host, path = [], variable = [] }: Url): string {
  const value = (name: string) => variable.find(({ key }) => key === name)?.value ?? "";
  const parts = path.map((part) => (part.startsWith(":") ? value(part.slice(1)) : part));
  return [host.join("."), ...parts].join("/");
}

function authorization(auth: Auth, fill: (text: string) => string): Readonly<Record<string, string>> {
  if (auth.type === "noauth") return {};
  const given = auth.type === "basic" ? auth.basic : auth.bearer;
  const [first = "", second = ""] = given.map(({ value }) => fill(value));
  if (auth.type === "bearer") return { Authorization: `Bearer ${first}` };
  return { Authorization: `Basic ${Buffer.from(`${first}:${second}`).toString("base64")}` };
}

function test(name: string, { event }: Item, answer: Answer, variables: Map<string, string>): readonly Tested[] {
  const tested: Tested[] = [];
  const pm = {
    response: { code: answer.code, json: () => JSON.parse(answer.body) as unknown },
    environment: { set: (key: string, value: string) => variables.set(key, value) },
    expect: expectation,
    test: (sentence: string, body: () => void) => {
      let failure: string | undefined;
      try {
        body();
      } catch (error) {
        failure = (error as Error).message;
      }
      tested.push({ name: `${name} > ${sentence}`, failure });
    },
  };
  for (const { script } of event) runInNewContext(script.exec.join("\n"), { pm });
  return tested;
}

/** The words of Chai's that are used. */
function expectation(value: unknown) {
  const among = (list: readonly unknown[]) => list.includes(value);
  return {
    to: {
      eql: (other: unknown) => assert.deepEqual(value, other),
      be: { below: (most: number) => assert.ok(Number(value) < most, `${value} is not below ${most}`) },
      not: { be: { oneOf: (list: readonly unknown[]) => assert.ok(!among(list), `${value} is one of ${list}`) } },
    },
  };
}
