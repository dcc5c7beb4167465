/** Alerts about ids, URLs and secrets that are lost with their resources, and about resources that live on unmanaged. Pure. */

import { z } from "zod";
import { clientOfSecret } from "../../constructs/contract/contract";
import { jsonIn } from "../../platform/json";
import { code } from "../../platform/markdown";
import { rotateCommand } from "../deployed/client-secret";
import { actionOf, type ResourceChange } from "../plan-file/plan-json";
import { type Alert, critical } from "./alert";
import { inTableOrder, sentence } from "./lost-protection";
import { isEnding, type PlanContext } from "./plan-context";
import { shown } from "./predicates";
import { PROTECTIONS } from "./protections";

const DOMAIN = "aws_cognito_user_pool_domain";
const SECRET = "aws_secretsmanager_secret";

const DONE = { replace: "will be replaced", destroy: "will be destroyed", lost: "was deleted outside Terraform" };

/** What the plan replaces, destroys or removes from the state, and what was deleted outside Terraform. */
export function deletions(context: PlanContext): readonly Alert[] {
  const { changes, plan } = context;
  const recreated = new Set(changes.filter(({ change }) => change.after !== null).map(({ address }) => address));
  const deleted = plan.resource_drift.filter(({ change }) => actionOf(change) === "destroy");
  return [
    ...inTableOrder(changes).flatMap((one) => movedDomain(one, context) ?? [...ended(one), ...forgotten(one)]),
    ...inTableOrder(deleted).flatMap((one) => lost(one, recreated.has(one.address), context)),
    ...onlyCopies(context),
  ];
}

function ended({ type, change }: ResourceChange): readonly Alert[] {
  const action = actionOf(change);
  const protection = PROTECTIONS[type];
  if (protection?.ends === undefined || (action !== "replace" && action !== "destroy")) return [];
  const loss = typeof protection.ends === "string" ? protection.ends : protection.ends[action];
  return [critical(sentence(protection, ` ${DONE[action]}: ${loss}`, change.before ?? {}))];
}

function forgotten({ type, change }: ResourceChange): readonly Alert[] {
  const protection = PROTECTIONS[type];
  if (protection?.forgotten === undefined || actionOf(change) !== "forget") return [];
  const rest = ` will only be removed from the state: ${protection.forgotten}, and Terraform no longer manages it`;
  return [critical(sentence(protection, rest, change.before ?? {}))];
}

/** Deleted outside Terraform. A secret's name stays taken until its recovery window ends. */
function lost({ type, change }: ResourceChange, isRecreated: boolean, { region }: PlanContext): readonly Alert[] {
  const protection = PROTECTIONS[type];
  if (protection?.ends === undefined) return [];
  const { ends } = protection;
  const loss = typeof ends === "string" ? ends : ends[isRecreated ? "replace" : "destroy"];
  const values = change.before ?? {};
  const text = sentence(
    protection,
    ` ${DONE.lost}${isRecreated ? ", and will be created again" : ""}: ${loss}`,
    values,
  );
  if (type !== SECRET || !isRecreated) return [critical(text)];
  const restore = code(`aws secretsmanager restore-secret --region ${region} --secret-id ${String(values["name"])}`);
  return [
    critical(
      `${text} While it is scheduled for deletion, AWS refuses to create it again (InvalidRequestException): restore it and review again: ${restore}`,
    ),
  ];
}

/** A token domain that gets another name: the old URL never comes back. */
function movedDomain({ type, change }: ResourceChange, { changes }: PlanContext): readonly Alert[] | undefined {
  const action = actionOf(change);
  if (type !== DOMAIN || (action !== "replace" && action !== "destroy")) return undefined;
  const made = changes.find((one) => one.type === DOMAIN && one.change.before === null);
  const [old, now] = [change.before?.["domain"], (change.after ?? made?.change.after)?.["domain"]];
  if (typeof now !== "string" || now === old) return undefined;
  const what = `The token domain ${shown(old)} ${DONE[action]}, and ${shown(now)} takes its place`;
  return [critical(`${what}: every client has to request tokens at the new token URL.`)];
}

const credentials = z.object({ client_id: z.string(), client_secret: z.string() });

/** Once a client's secret is rotated, only Secrets Manager holds it: neither Terraform nor Cognito has it to write again. */
function onlyCopies({ environment, region, changes, deployed }: PlanContext): readonly Alert[] {
  const ending = changes.filter(({ change }) => isEnding(actionOf(change)));
  const isKept = (address: string) => !ending.some((one) => one.address === address);
  return ending.flatMap(({ type, change }) => {
    const { before } = change;
    const client = clientOfSecret(before?.["description"]);
    if (type !== SECRET || client === undefined) return [];
    const value = deployed.find(
      (one) => one.type === "aws_secretsmanager_secret_version" && one.values["secret_id"] === before?.["id"],
    );
    const kept = credentials.safeParse(jsonIn(String(value?.values["secret_string"])));
    const owner = deployed.find(
      (one) => one.type === "aws_cognito_user_pool_client" && one.values["id"] === kept.data?.client_id,
    );
    if (owner === undefined || !isKept(owner.address)) return [];
    if (owner.values["client_secret"] === kept.data?.client_secret) return [];
    const name = String(before?.["name"]);
    const save = `aws secretsmanager get-secret-value --region ${region} --secret-id ${name} --query SecretString`;
    const keep = change.after === null ? `Keep ${code("secret")} in access.yaml, or save it first` : "Save it first";
    const rotate = rotateCommand(client, environment, change.after !== null);
    return [
      critical(
        `The secret ${shown(name)} holds the only copy of the rotated secret of the client ${shown(client)}. ${keep} (${code(save)}); after the deployment, ${code(rotate)} issues another one.`,
      ),
    ];
  });
}
