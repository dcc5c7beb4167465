/** Constraints of AWS on several settings of functions, and wildcards without a reason. */
import { routesByFunction } from "./client-rules";
import { partsOfArn } from "./environment-schema";
import { OWN_VARIABLES } from "./function-environment";
import { type FunctionInput, mergedSettings } from "./function-schema";
import { advice, quote } from "./nearest-name";
import type { Content } from "./schema";
import type { Path, YamlFile } from "./yaml-file";

/**
 * Names that Lambda sets itself; no other name may begin with an underscore.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export const RESERVED_VARIABLES: readonly string[] = [
  ..."AWS_ACCESS_KEY AWS_ACCESS_KEY_ID AWS_DEFAULT_REGION AWS_EXECUTION_ENV AWS_LAMBDA_FUNCTION_MEMORY_SIZE".split(" "),
  ..."AWS_LAMBDA_FUNCTION_NAME AWS_LAMBDA_FUNCTION_VERSION AWS_LAMBDA_INITIALIZATION_TYPE".split(" "),
  ..."AWS_LAMBDA_LOG_GROUP_NAME AWS_LAMBDA_LOG_STREAM_NAME AWS_LAMBDA_RUNTIME_API AWS_REGION".split(" "),
  ..."AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN LAMBDA_RUNTIME_DIR LAMBDA_TASK_ROOT".split(" "),
];

/** Reports functions that no route names, names of variables that are taken, wildcards, and ARNs of another region. */
export function checkFunctions(content: Content, file: YamlFile): void {
  const { environments, functions = {}, routes } = content;
  const known = [...routesByFunction(routes).keys()];
  checkOwn(functions, [], "", known, file);
  for (const [name, environment] of Object.entries(environments)) {
    const own = environment.functions ?? {};
    const path = ["environments", name];
    checkOwn(own, path, ` in environment ${quote(name)}`, known, file);
    for (const one of new Set([...Object.keys(functions), ...Object.keys(own)])) {
      const at = (rest: Path) => {
        const inEnvironment = [...path, "functions", one, ...rest];
        return file.at(file.has(inEnvironment) ? inEnvironment : ["functions", one, ...rest]);
      };
      checkRegions(one, mergedSettings(functions[one], own[one]), name, environment.region, at, file);
    }
  }
}

function checkOwn(
  functions: Readonly<Record<string, FunctionInput>>,
  path: Path,
  where: string,
  known: readonly string[],
  file: YamlFile,
): void {
  for (const [name, { variables = {}, statements = [] }] of Object.entries(functions)) {
    const own = [...path, "functions", name];
    const owner = `function ${quote(name)}${where}`;
    if (!known.includes(name)) {
      const missing = `${owner} has settings, but no route names it in lambda.${advice(name, known, "Functions")}`;
      file.report(file.keyAt(own), missing);
    }
    for (const variable of Object.keys(variables)) {
      const taken = RESERVED_VARIABLES.includes(variable)
        ? "Lambda"
        : OWN_VARIABLES.includes(variable) && "the project";
      if (!taken) continue;
      const message = `variable ${quote(variable)} of ${owner} has a name that ${taken} sets itself. Use another name.`;
      file.report(file.keyAt([...own, "variables", variable]), message);
    }
    for (const [index, statement] of statements.entries()) {
      checkWildcards(statement, [...own, "statements", index], owner, file);
    }
  }
}

type Statement = NonNullable<FunctionInput["statements"]>[number];

/** A wildcard needs a written reason, and a reason a wildcard. */
function checkWildcards({ actions, resources, reason }: Statement, path: Path, owner: string, file: YamlFile): void {
  const all = [
    ...actions.map((text, index) => ({ kind: "action", text, at: [...path, "actions", index] })),
    ...resources.map((text, index) => ({ kind: "resource", text, at: [...path, "resources", index] })),
  ];
  const wide = all.filter(({ text }) => hasWildcard(text));
  if (reason !== undefined) {
    const isRight = wide.length > 0 || all.some(({ text }) => text === "");
    const message = `statement of ${owner} has a reason, but no wildcard. Remove the reason.`;
    if (!isRight) file.report(file.keyAt([...path, "reason"]), message);
    return;
  }
  for (const { kind, text, at } of wide) {
    const has = `${kind} ${quote(text)} of a statement of ${owner} has a wildcard`;
    file.report(file.at(at), `${has}. Name each ${kind}, or add a reason to the statement.`);
  }
}

/** Whether IAM takes the text for several actions or resources. */
export function hasWildcard(text: string): boolean {
  return /[*?]/.test(text);
}

/** Lambda takes layers of its own region, and the SDK asks for secrets there; a key is in the region of what it encrypts. */
function checkRegions(
  name: string,
  { layers = [], variables = {} }: FunctionInput,
  environment: string,
  region: string,
  at: (rest: Path) => number,
  file: YamlFile,
): void {
  const arns: readonly (readonly [what: string, arn: string | undefined, rest: Path])[] = [
    ...layers.map((arn, index) => [`layer of function ${quote(name)}`, arn, ["layers", index]] as const),
    ...Object.entries(variables).flatMap(([variable, value]) =>
      typeof value !== "object"
        ? []
        : (["secret", "kmsKeyArn"] as const).map((setting) => {
            const what = `${setting} of variable ${quote(variable)} of function ${quote(name)}`;
            return [what, value[setting], ["variables", variable, setting]] as const;
          }),
    ),
  ];
  for (const [what, arn = "", rest] of arns) {
    const own = partsOfArn(arn).region;
    if (own === "" || region === "" || own === region) continue;
    const where = `environment ${quote(environment)} is in ${region}`;
    file.report(at(rest), `${what} is in ${own}, but ${where}. Name one in ${region}.`);
  }
}
