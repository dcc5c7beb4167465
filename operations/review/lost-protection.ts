/** Alerts about what protects less after a plan: the table of protections, held against each change. Pure. */
import { codes } from "../../platform/markdown";
import { withKnown } from "../plan-file/differences";
import { actionOf, type ResourceChange } from "../plan-file/plan-json";
import { type Alert, info, warning } from "./alert";
import { identityOf, isEnding, type PlanContext } from "./plan-context";
import { POLICIES } from "./policy-alerts";
import { type Loss, shown, type Values, valueAt, valuesIn } from "./predicates";
import { allowedIn } from "./protection-ledger";
import { PROTECTIONS, type Protection, type Row } from "./protections";
import { changedOutputs, isUnknown } from "./resource-changes";
import { SHOWN_ATTRIBUTES } from "./shown-attributes";

const SETTINGS = "aws_api_gateway_method_settings";
const WHOLE_STAGE = "*/*";

/** Computed by AWS, reported as a policy, or the id of another resource: that they are unknown is not reported. */
const NOT_AWAITED: readonly string[] = [
  "policy",
  "managed_policy_arns",
  "request_validator_id",
  "settings.cache_data_encrypted",
  "settings.require_authorization_for_cache_control",
];

/** Types without protections of their own: they belong to others, or protect nothing. */
const PARTS: readonly string[] = [
  "aws_api_gateway_account",
  "aws_api_gateway_deployment",
  "aws_api_gateway_method_response",
  "aws_api_gateway_request_validator",
  "aws_secretsmanager_secret_version",
  "terraform_data",
];

const WATCHED = new Set([...[PROTECTIONS, POLICIES, SHOWN_ATTRIBUTES].flatMap(Object.keys), ...PARTS]);

/** What protects less than before or no longer, and what could not be compared. */
export function lostProtection(context: PlanContext): readonly Alert[] {
  return [
    ...undestroyable(context),
    ...spentAllowances(context),
    ...inTableOrder(context.paired).flatMap((changed) => lessened(changed, context)),
    ...destroyed(context),
    ...ownThrottling(context),
    ...unwatched(context),
  ];
}

/** The label and a text of a type, with the values of a resource as code. @param rest a text of the table */
export function sentence({ label }: Protection, rest: string, values: Values, loss?: Loss): string {
  return `${typeof label === "string" ? filled(label, values) : label(values)}${filled(rest, values, loss)}.`;
}

/** The changes in the order of the table. */
export function inTableOrder(changes: readonly ResourceChange[]): readonly ResourceChange[] {
  const order = Object.keys(PROTECTIONS);
  return changes.toSorted((a, b) => order.indexOf(a.type) - order.indexOf(b.type));
}

function filled(text: string, values: Values, loss?: Loss): string {
  return text.replace(/\{([\w|]+)\}/g, (_, name: string) => {
    if (name === "items") return codes(loss?.items ?? []);
    if (loss !== undefined && (name === "before" || name === "after")) return loss[name];
    const [first = "", second = ""] = name.split("|");
    return shown(values[first] || values[second]);
  });
}

/** What Terraform no longer refuses to destroy. What this plan itself destroys is reported with its consequences. */
function undestroyable({ ledger: { before, after }, changes }: PlanContext): readonly Alert[] {
  const ending = new Set(changes.filter(({ change }) => isEnding(actionOf(change))).map(({ address }) => address));
  const lifted = [...before].filter(([name, address]) => !ending.has(address) && !after.has(name));
  if (lifted.length === 0) return [];
  const names = codes(lifted.map(([name]) => name).toSorted());
  return [warning(`Terraform no longer refuses to destroy or replace ${names}.`)];
}

/** Entries of `allowDestroy` that nothing needs any more: what they were for is deployed. */
function spentAllowances({ json, plan, changes }: PlanContext): readonly Alert[] {
  const allowed = allowedIn(json);
  if (allowed.length === 0 || changes.length > 0 || changedOutputs(plan).length > 0) return [];
  return [info(`The plan changes nothing: remove ${codes(allowed)} from \`allowDestroy\` in access.yaml.`)];
}

function lessened(changed: ResourceChange, { code }: PlanContext): readonly Alert[] {
  const { type, name, change } = changed;
  const { before, after, after_unknown } = change;
  const protection = PROTECTIONS[type];
  if (protection === undefined || after === null) return [];
  const known = valuesIn(withKnown(after, after_unknown, before ?? {}));
  const rows = (before === null ? protection.created : protection.rows) ?? [];
  const found = rows.flatMap((row) => alertOf(protection, row, before ?? {}, known));
  if (before === null) return found;
  const written = code[type]?.[name] ?? {};
  const unknown = [...new Set(rows.flatMap(([attributes]) => attributes))].filter((path) => {
    const value = valueAt(before, path);
    // What is off and not set in the code stays as AWS has it.
    const mayBeLost = value === false ? path.split(".", 1).join() in written : (value ?? null) !== null;
    return mayBeLost && isUnknown(change, path) && !NOT_AWAITED.includes(path);
  });
  if (unknown.length > 0)
    found.push(warning(sentence(protection, `: ${codes(unknown)} is known only after apply`, before)));
  if (protection.gap !== undefined && change.actions[0] === "delete" && actionOf(change) === "replace") {
    found.push(
      warning(
        sentence(protection, ` is destroyed before it is created again, and until then ${protection.gap}`, before),
      ),
    );
  }
  return found;
}

function alertOf(protection: Protection, [attributes, isLost, message, severity]: Row, before: Values, after: Values) {
  const loss = isLost(before, after, typeof attributes === "string" ? [attributes] : attributes);
  if (loss === undefined) return [];
  const values = Object.keys(before).length === 0 ? after : before;
  return [{ severity: severity ?? "warning", message: sentence(protection, ` ${message}`, values, loss) } as Alert];
}

/** All of a type in one alert. The log events of a replaced log group are gone as well. */
function destroyed({ paired }: PlanContext): readonly Alert[] {
  return Object.entries(PROTECTIONS).flatMap(([type, { gone, identity: [name = "name"] = [] }]) => {
    const ending = paired.filter(({ type: other, change }) => {
      if (other !== type) return false;
      const isEmptied = type === "aws_cloudwatch_log_group" && actionOf(change) === "replace";
      return (isEmptied || actionOf(change) === "destroy") && change.before?.["skip_destroy"] !== true;
    });
    if (gone === undefined || ending.length === 0) return [];
    const isAnother = paired.some((made) => {
      return (
        made.type === type && actionOf(made.change) === "create" && identityOf(type, made.change.after) === undefined
      );
    });
    const note = isAnother ? " Whether the one that is created replaces it is known only after apply." : "";
    const names = codes(ending.map(({ change }) => String(change.before?.[name] ?? "-")));
    return [warning(`${gone.replace("{names}", () => names)}.${note}`)];
  });
}

/** Throttling of a route: lost while the route stays, or new and higher than the stage's, which it replaces. */
function ownThrottling({ paired, plan, before, after }: PlanContext): readonly Alert[] {
  const settings = (changes: readonly ResourceChange[]) => changes.filter(({ type }) => type === SETTINGS);
  const stage = settings(plan.resource_changes).find(({ change }) => change.before?.["method_path"] === WHOLE_STAGE);
  const protection = PROTECTIONS[SETTINGS] as Protection;
  return settings(paired).flatMap(({ change }) => {
    const values = change.before ?? change.after ?? {};
    const path = String(values["method_path"]);
    const isRoute = ({ route }: { readonly route: string }) => routesAt(path).includes(route);
    if (actionOf(change) === "destroy" && (path === WHOLE_STAGE || after.routes.some(isRoute))) {
      return [warning(sentence(protection, " loses its own settings, throttling included", values))];
    }
    if (actionOf(change) !== "create" || !stage?.change.before || !before.routes.some(isRoute)) return [];
    const was = { ...stage.change.before, method_path: path };
    return (protection.rows ?? [])
      .filter(([attributes]) => String(attributes).includes("throttling"))
      .flatMap((row) => alertOf(protection, row, was, values));
  });
}

/** The routes that settings may be for. @param path such as `~1orders/GET` */
function routesAt(path: string): readonly string[] {
  const [, resource = "", method = ""] = /^(.*)\/([A-Z]+)$/.exec(path) ?? [];
  return [method, "ANY"].map((verb) => `${verb} ${resource.replaceAll("~1", "/")}`);
}

/** Types of which nothing is compared. */
function unwatched({ changes }: PlanContext): readonly Alert[] {
  const kept = changes.filter(({ type, change }) => !WATCHED.has(type) && change.after !== null);
  const types = [...new Set(kept.map(({ type }) => type))].toSorted();
  return types.length === 0 ? [] : [info(`Not compared, as the review does not know these types: ${codes(types)}.`)];
}
