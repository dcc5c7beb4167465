/** Reviewers of access.yaml and of the files of teams, in the form of GitHub's CODEOWNERS. Pure. */
import { type AccessModel, sensitiveScopesOf, type TeamFile } from "../../access/access-model";
import { hasEntry } from "../../access/new-entry";
import { UserError } from "../../platform/user-error";

const COMMAND = "npx access github codeowners";
const BEGIN = `# Begin: written by ${COMMAND} --write`;
const END = `# End: written by ${COMMAND} --write`;

/**
 * A line for each team's file: its owner reviews it or, where it has to do with sensitive scopes, their approvers. They
 * review access.yaml and CODEOWNERS as well, since GitHub asks for one of several code owners only.
 *
 * @param prefix the project's folder as seen from the repository's, with a slash at the end, or empty
 * @throws {UserError} an owner or approver has no name that GitHub knows
 * @see https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
 */
export function codeownersLines(model: AccessModel, teams: readonly TeamFile[], prefix: string): readonly string[] {
  const approvers = new Map(sensitiveScopesOf(model.resourceServers).filter(([, names]) => names.length > 0));
  const all = [...approvers.values()].flat();
  const line = (path: string, names: readonly string[]) => {
    const reviewers = new Set(names.map((name) => reviewerOf(name, model)));
    return `/${path.replaceAll("\\", "\\\\").replaceAll(" ", "\\ ")} ${[...reviewers].join(" ")}`;
  };
  const ofTeams = teams.map((team) => {
    const own = sensitiveIn(team.text, model, approvers);
    return line(prefix + team.name, own.length > 0 ? own : [team.owner]);
  });
  if (all.length === 0) return ofTeams;
  return [line(`${prefix}access.yaml`, all), ...ofTeams, line(".github/CODEOWNERS", all)];
}

/** Approvers of the sensitive scopes that a file defines, requires or gives to a client. */
function sensitiveIn(
  text: string,
  { resourceServers, clients, routes }: AccessModel,
  approvers: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const scopes = [
    ...resourceServers.flatMap(({ identifier, scopes: own }) =>
      hasEntry(text, ["resourceServers", identifier]) ? own.map(({ name }) => `${identifier}/${name}`) : [],
    ),
    ...clients.flatMap(({ name, scopes: own }) => (hasEntry(text, ["clients", name]) ? own : [])),
    ...routes.flatMap(({ method, path, scopes: own }) => (hasEntry(text, ["routes", `${method} ${path}`]) ? own : [])),
  ];
  return scopes.flatMap((scope) => approvers.get(scope) ?? []);
}

function reviewerOf(name: string, { owners }: AccessModel): string {
  const owner = owners.find((one) => one.name === name);
  const reviewer = owner === undefined ? name : owner.github;
  if (reviewer?.includes("@")) return reviewer;
  throw new UserError(
    `owner "${name}" has no name that GitHub knows. Add "github" to it in owners of access.yaml, such as github: "@acme/${name}".`,
  );
}

/**
 * CODEOWNERS with these lines between two marks, at the end where it has no marks: the last line that matches a file counts.
 * @throws {UserError} only one of the marks is there
 */
export function withCodeowners(text: string, lines: readonly string[]): string {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  const section = lines.length === 0 ? "" : [BEGIN, ...lines, END, ""].join("\n");
  if (begin < 0 && end < 0) return text === "" ? section : `${text.trimEnd()}\n${section === "" ? "" : `\n${section}`}`;
  if (begin < 0 || end < begin) throw new UserError(`CODEOWNERS has only one of the lines "${BEGIN}" and "${END}".`);
  return text.slice(0, begin) + section + text.slice(end + END.length).replace(/^\r?\n/, "");
}
