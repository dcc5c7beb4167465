/** `npm run sources-page`: writes docs/sources.md, the page of what each part of the embedded AWS follows. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { table } from "../../../platform/markdown";

const project = join(__dirname, "..", "..", "..");

/** The page's path. */
export const PAGE = join(project, "docs", "sources.md");

const HEAD = `# Sources of the embedded AWS

What each part of the embedded AWS follows, and tests of it. \`npm run sources-page\` writes this page from the sources of \`emulator/\`, which name what they follow.

Tests that are marked \`recorded\` have responses that AWS gave, as public projects recorded them; they name the recording. Shapes and constraints of AWS's operations are generated from [AWS's API models](https://github.com/aws/api-models-aws). [Differences from the real provider](parity.md) has what its comparison found.
`;

const RECORDED = /recorded/i;
/** Tests that a row links to. */
const MAX_TESTS = 3;
const UNCONFIRMED = /\bunconfirmed\b/;

/** A file of the embedded AWS. */
interface Source {
  /** Such as \`gateway/authorizer.ts\`. */
  readonly name: string;
  readonly text: string;
}

function sourcesIn(folder: string): readonly Source[] {
  return execFileSync("git", ["ls-files", folder], { cwd: project, encoding: "utf8" })
    .split("\n")
    .filter((path) => /\.c?[jt]s$/.test(path))
    .map((path) => ({ name: path.slice(folder.length + 1), text: readFileSync(join(project, path), "utf8") }));
}

const tests = sourcesIn("__tests__/emulator");

/** The page, in Markdown. */
export function sourcesPage(): string {
  const sources = sourcesIn("emulator");
  const rooms = [...new Set(sources.map(({ name }) => dirname(name)))].toSorted();
  const sections = rooms.flatMap((room) => {
    const rows = sources.filter(({ name }) => dirname(name) === room).flatMap(rowOf);
    return rows.length === 0 ? [] : ["", `## ${room}`, "", ...table(["part", "follows", "tests"], rows)];
  });
  const open = sources.flatMap((source) =>
    sentencesOf(source.text)
      .filter((sentence) => UNCONFIRMED.test(sentence))
      .map((sentence) => `- ${linkTo(source)}: ${sentence}`),
  );
  return [HEAD, "## Not confirmed", "", "No source was found for these details:", "", ...open, ...sections, ""].join(
    "\n",
  );
}

function rowOf(source: Source): readonly (readonly string[])[] {
  const urls = [...new Set(Array.from(source.text.matchAll(/(?:@see|Seen:) (https:\S+)/g), ([, url = ""]) => url))];
  if (urls.length === 0) return [];
  return [[`${linkTo(source)}: ${sentencesOf(source.text)[0] ?? ""}`, urls.map(linkOf).join(", "), testsOf(source)]];
}

const linkTo = ({ name }: Source) => `[${basename(name)}](../emulator/${name})`;

/** Sentences of the comments, the first ones first. */
function sentencesOf(text: string): readonly string[] {
  const comments = text.match(/\/\*\*[\s\S]*?\*\/|^ *\/\/.*(?:\n *\/\/.*)*/gm) ?? [];
  return comments.flatMap((comment) => {
    const plain = comment
      .replace(/\*\/$|@(see|throws|param|returns) .*/gm, "")
      .replace(/^ *(\/\*\*|\*|\/\/)/gm, " ")
      .replace(/\{@link (\w+)\}/g, "$1")
      .replace(/\s+/g, " ");
    return plain.split(/(?<=\.) (?=[A-Z`])/).map((sentence) => sentence.trim().replaceAll("|", "\\|"));
  });
}

/** Tests that import the file or, without one, its room; and whether they or the file have recorded responses. */
function testsOf({ name, text }: Source): string {
  const room = dirname(name);
  const importing = (path: string) => tests.filter((test) => test.text.includes(`emulator/${path}"`));
  const found = [
    importing(name.replace(/(\/index)?\.ts$/, "")),
    importing(room),
    tests.filter((test) => dirname(test.name) === room),
  ].find((some) => some.length > 0);
  const shown = (found ?? []).slice(0, MAX_TESTS);
  const isRecorded = shown.some((test) => RECORDED.test(test.text + text));
  const links = shown.map((test) => `[${basename(test.name, "-test.ts")}](../__tests__/emulator/${test.name})`);
  return [...links, ...(isRecorded ? ["recorded"] : [])].join(", ");
}

function linkOf(url: string): string {
  return `[${labelOf(new URL(url))}](${url})`;
}

function labelOf({ hostname, pathname }: URL): string {
  const [, owner, name, , number] = pathname.split("/");
  const page = basename(pathname, ".html");
  if (hostname === "docs.aws.amazon.com") return `AWS: ${page}`;
  if (hostname === "registry.terraform.io") return `provider: aws_${page}`;
  if (hostname === "www.rfc-editor.org") return page.replace("rfc", "RFC ");
  if (hostname === "smithy.io") return `Smithy: ${page}`;
  if (hostname === "github.com") return `${owner}/${name}${/^\d+$/.test(number ?? "") ? `#${number}` : ""}`;
  return hostname;
}

if (require.main === module) writeFileSync(PAGE, sourcesPage());
