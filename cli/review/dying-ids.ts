/** Loud lines about ids and addresses that die with their resources: whoever was given them has to be given new ones. Pure. */
import { type Action, actionOf, type ResourceChange } from "../plan-json";
import { type Alert, caution } from "./alert";
import { code, counted } from "./markdown-text";

const CLIENT = "aws_cognito_user_pool_client";

/** What is lost with a resource of the type. */
const LOST: Readonly<
  Record<string, (values: Readonly<Record<string, unknown>>) => readonly [what: string, loss: string]>
> = {
  aws_cognito_user_pool_domain: ({ domain }) => [
    `The token domain ${named(domain)}`,
    "No client gets a token until it is there again.",
  ],
  aws_api_gateway_rest_api: ({ name, id }) => [`The API ${named(name)}`, `Every URL with its id ${named(id)} dies.`],
  aws_secretsmanager_secret: ({ name }) => [
    `The secret ${named(name)}`,
    "What reads its credentials there finds them no more.",
  ],
};

/** User pools, app clients, token domains, APIs and secrets that are replaced or destroyed. */
export function dyingIds(changes: readonly ResourceChange[]): readonly Alert[] {
  const ending = changes.filter(({ change }) => ["replace", "destroy"].includes(actionOf(change)));
  return [...pools(ending), ...clients(ending), ...ending.flatMap(others)];
}

function pools(ending: readonly ResourceChange[]): readonly Alert[] {
  return ofType(ending, "aws_cognito_user_pool").map(({ change }) => {
    const { name, id } = change.before ?? {};
    const count = ofType(ending, CLIENT).length;
    const dying =
      count === 0 ? "Every client id dies with it." : `All its client ids die with it: ${counted(count, "client")}.`;
    return caution(`The user pool ${named(name)} (${named(id)}) will be ${done(actionOf(change))}. ${dying}`);
  });
}

function clients(ending: readonly ResourceChange[]): readonly Alert[] {
  return ofType(ending, CLIENT).map(({ change }) => {
    const { name, id } = change.before ?? {};
    const action = actionOf(change);
    const next =
      action === "replace"
        ? "It gets a new id and a new secret, which its owner needs before the next call."
        : "Whoever uses it gets no token any more.";
    return caution(`The client ${named(name)} will be ${done(action)}: its id ${named(id)} dies. ${next}`);
  });
}

function others({ type, change }: ResourceChange): readonly Alert[] {
  const lost = LOST[type];
  if (lost === undefined) return [];
  const [what, loss] = lost(change.before ?? {});
  return [caution(`${what} will be ${done(actionOf(change))}. ${loss}`)];
}

function ofType(changes: readonly ResourceChange[], wanted: string): readonly ResourceChange[] {
  return changes.filter(({ type }) => type === wanted);
}

function done(action: Action): string {
  return action === "replace" ? "replaced" : "destroyed";
}

/** What a resource is called, as code. */
function named(value: unknown): string {
  return code(typeof value === "string" ? value : "?");
}
