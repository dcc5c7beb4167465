/** Words that the project's language leaves out, in sources, messages and documents; see {@link FORBIDDEN} for each. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const project = join(__dirname, "..");

/** What is not written, and what is written instead. */
const FORBIDDEN: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/(?<!BodyPublishers\.)\b(some|no|any|every)body('s)?\b|\bwhoever\b/i, "the actor's name, or the passive"],
  [/\banew\b/i, "again, or recreated"],
  [/\bmend(s|ed|ing)?\b/i, "fix"],
  [/\bby hand\b|\bbehind (terraform's|its) back\b|\bstrangers?\b/i, "out-of-band change, or unmanaged resource"],
  [/\bloud(ly)?\b/i, "an alert with severity critical, warning or info"],
  [/\bplay(s|ed)\b|\bstand-?ins?\b/i, "emulates, or backend override"],
  [/(?<!\bthere )\b(is|are|was|were) no (?!longer\b|more\b)[a-z]/i, "is not a"],
  [/\b(told|tells|said)\b/i, "reported, logged, printed or returned"],
  [/\bshielded/i, "detached process group"],
  [/\b(MOST|FEWEST|USUAL|LONGEST)_[A-Z]/, "MAX_, MIN_ or DEFAULT_"],
  [/\bwrong (yes|no)\b|\banother no\b/i, "unexpected-allow, unexpected-deny, denied-by-other"],
  [
    /\bSurprise\b|\bCast\b|\bComplaint\b|\bSurroundings\b|\bdoubts?\b/,
    "StepFailure, Fixture, ValidationError, context",
  ],
];

/** Where a word stays, and why. */
const ALLOWED: Readonly<Record<string, string>> = {
  "__tests__/words-test.ts": "the list itself",
};

const files = execFileSync("git", ["ls-files"], { cwd: project, encoding: "utf8" })
  .split("\n")
  .filter((name) => /^(help|README\.md|docs\/.*\.md)$|\.(ts|cjs|yml|yaml)$/.test(name))
  .filter((name) => !name.startsWith("__tests__/") && !(name in ALLOWED));

it("has files to check", () => {
  expect(files.length).toBeGreaterThan(200);
});

it.each(files)("%s uses the field's words", (name) => {
  const found = readFileSync(join(project, name), "utf8")
    .split("\n")
    .flatMap((line, index) =>
      FORBIDDEN.filter(([pattern]) => pattern.test(line)).map(
        ([, instead]) => `${name}:${index + 1}: ${line.trim()} → ${instead}`,
      ),
    );

  expect(found).toEqual([]);
});
