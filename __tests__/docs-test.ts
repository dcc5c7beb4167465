/** README and docs: their links, their size, and the two languages in step. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { parse } from "yaml";
import { GROUPS } from "../cli/command-list";
import { accessMatrix } from "../operations/access-graph/access-matrix";
import { matrixText } from "../operations/access-graph/access-matrix-text";
import { mermaidText, type PictureWords, pictureOfStack } from "../operations/access-graph/access-picture";
import { shippedAccessYaml, synthesize } from "./support/synthesize";

const project = join(__dirname, "..");
const read = (name: string) => readFileSync(join(project, name), "utf8");
const pages = execFileSync("git", ["ls-files", "*.md"], { cwd: project, encoding: "utf8" }).split("\n").slice(0, -1);

/** Pages without the text of code blocks, in which nothing is a heading or a link. */
function prose(text: string): string {
  return text.replace(/^```[^\n]*\n.*?^```$/gms, "");
}

function headings(text: string): readonly string[] {
  return Array.from(prose(text).matchAll(/^#+ (.*)$/gm), ([, heading = ""]) => heading);
}

/** The anchor that GitHub gives a heading. */
function anchorOf(heading: string): string {
  const text = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/`/g, "");
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replace(/ /g, "-");
}

/** Names of the commands that code blocks run: `npx access <command>`, also behind `npx access local`. */
function commands(text: string): readonly string[] {
  return Array.from(text.matchAll(/npx access (?!local npx)([a-z][a-z-]*)/g), ([, name = ""]) => name);
}

function blocks(text: string): readonly string[] {
  return Array.from(text.matchAll(/^```[^\n]*\n(.*?)^```$/gms), ([, block = ""]) => block);
}

describe("links", () => {
  const links = pages
    .flatMap((page) =>
      Array.from(prose(read(page)).matchAll(/\]\(([^)\s]+)\)/g), ([, target = ""]) => ({ page, target })),
    )
    .filter(({ target }) => !/^(https?|mailto):/.test(target));

  it("are in the pages", () => {
    expect(links.length).toBeGreaterThan(50);
  });

  it("lead to files and headings that exist", () => {
    const broken = links.filter(({ page, target }) => {
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? page : relative(project, join(project, dirname(page), path));
      if (!existsSync(join(project, file))) return true;
      return anchor !== undefined && !headings(read(file)).map(anchorOf).includes(anchor);
    });

    expect(broken).toEqual([]);
  });

  it("lead from README.md to every page of docs, each by its task", () => {
    const linked = links.filter(({ page }) => page === "README.md").map(({ target }) => target.replace(/#.*/, ""));

    // Who opens the folder docs sees its README.md.
    const tasks = pages.filter((page) => page.startsWith("docs/") && page !== "docs/README.md");
    expect(tasks.filter((page) => !linked.includes(page))).toEqual([]);
  });
});

describe("paragraphs", () => {
  const GENERATED = ["emulated", "settings", "parity", "sources"].map((name) => `docs/${name}.md`);
  const written = pages.filter((page) => /^(README|docs\/)/.test(page) && !GENERATED.includes(page));

  it("have at most 500 characters, without the targets of links", () => {
    const long = written.flatMap((page) =>
      prose(read(page))
        .replace(/\]\([^)]*\)/g, "]")
        .split(/\n(?:\s*\n|(?=- |\d+\. |\|))/)
        .filter((paragraph) => paragraph.length > 500 && !/^(\|| {4})/.test(paragraph))
        .map((paragraph) => `${page}: ${paragraph.slice(0, 80)}`),
    );

    expect(long).toEqual([]);
  });
});

describe("README.md", () => {
  const [english, japanese] = [read("README.md"), read("README.ja.md")];

  it("has at most 150 lines", () => {
    expect(english.split("\n").length - 1).toBeLessThanOrEqual(150);
  });

  it("has the same headings in order, code blocks and links in Japanese", () => {
    const levels = (text: string) => prose(text).match(/^#+ /gm);
    const targets = (text: string) =>
      Array.from(prose(text).matchAll(/\]\(([^)\s]+)\)/g), ([, target]) => target).filter(
        (one) => !/README/.test(`${one}`),
      );
    // Words of the diagram are translated.
    const shown = (text: string) => blocks(text).filter((block) => !block.startsWith("flowchart"));

    expect(levels(japanese)).toEqual(levels(english));
    expect(shown(japanese)).toEqual(shown(english));
    expect(targets(japanese).toSorted()).toEqual(targets(english).toSorted());
  });
});

describe("the example in README.md", () => {
  const [yaml = ""] = blocks(read("README.md")).filter((block) => block.startsWith("environments:"));

  it("is the access.yaml that ships", () => {
    expect(parse(yaml)).toEqual(parse(shippedAccessYaml));
  });

  it("has the access matrix that npx access matrix prints", () => {
    const matrix = accessMatrix("dev", synthesize(yaml).json);
    const text = matrixText(matrix, { width: undefined, alarm: String, heading: String });

    expect(blocks(read("README.md"))).toContain(`${text}\n`);
  });
});

describe("diagrams", () => {
  const JAPANESE: PictureWords = {
    client: "クライアント",
    tokenEndpoint: "トークンエンドポイント",
    scope: "スコープ",
    authorizer: "オーソライザー",
    method: "メソッド",
    function: "関数",
    backend: "HTTP バックエンド",
  };
  const diagrams = (page: string) =>
    Array.from(read(page).matchAll(/^```mermaid\n(.*?)\n^```$/gms), ([, diagram]) => diagram);

  it("are those of the synthesized example, as npx access matrix --mermaid prints it", () => {
    const picture = pictureOfStack("dev", synthesize().json);

    expect(diagrams("README.md")).toEqual([mermaidText(picture)]);
    expect(diagrams("README.ja.md")).toEqual([mermaidText(picture, JAPANESE)]);
    expect(pages.filter((page) => !page.startsWith("README") && diagrams(page).length > 0)).toEqual([]);
  });
});

describe("commands", () => {
  const names = GROUPS.flatMap(({ entries }) => entries.flatMap(({ name, alias = [] }) => [name, alias].flat()));

  it("in code blocks of all pages exist", () => {
    const unknown = pages.flatMap((page) =>
      blocks(read(page))
        .flatMap(commands)
        .filter((name) => ![...names, "help"].includes(name))
        .map((name) => `${page}: ${name}`),
    );

    expect(unknown).toEqual([]);
  });

  it("are all in docs/commands.md", () => {
    const table = read("docs/commands.md");

    expect(names.filter((name) => !new RegExp(`^\\|[^|]*[\` ]${name}[\` ]`, "m").test(table))).toEqual([]);
  });
});

describe("docs/troubleshooting.md", () => {
  const sources = execFileSync("git", ["ls-files", "*.ts", "*.cjs"], { cwd: project, encoding: "utf8" })
    .split("\n")
    .slice(0, -1)
    .filter((name) => !name.startsWith("__tests__/"))
    .map(read)
    .join("\n");
  /** Terraform's own, which nothing of the project prints. */
  const TERRAFORMS = ["Error acquiring the state lock"];

  it("has messages that the project or the embedded AWS prints", () => {
    const messages = headings(read("docs/troubleshooting.md")).flatMap(
      (heading) => /^(?:\d{3} (?:or \d{3} )?)?`(.*)`$/.exec(heading)?.[1] ?? [],
    );

    expect(messages.length).toBeGreaterThan(15);
    expect(messages.filter((message) => !TERRAFORMS.includes(message) && !sources.includes(message))).toEqual([]);
  });
});

describe("docs/tutorial.md", () => {
  it("names operations that the lines of docs/aws-cli.md run, and resources that synthesis knows", () => {
    const page = read("docs/tutorial.md");
    const operations = page.match(/\b(create|put|add)-[a-z-]+(?=`| )/g) ?? [];
    const types = page.match(/\baws_[a-z_]+/g) ?? [];
    const schema = read("emulator/terraform/schema/resource-types.ts");

    expect(operations.length).toBeGreaterThan(8);
    expect(operations.filter((name) => !read("docs/aws-cli.md").includes(name))).toEqual([]);
    expect(types.filter((name) => !schema.includes(name))).toEqual([]);
  });
});
