/** What was added to an API out of band, decides who gets in, and goes live with the deployment that a plan makes. Pure. */
import { visible } from "../../access/visible";
import { UserError } from "../../platform/user-error";
import type { Finding } from "../plan-file/finding";

/** Kinds of unmanaged resources of an API of which its deployment holds a copy. */
const DEPLOYED: readonly string[] = ["gateway_response", "method", "policy"];

/** @param planned addresses and actions of a plan @param findings what the plan does not show */
export function takenAlong(
  planned: readonly { readonly address: string; readonly action: string }[],
  findings: readonly Finding[],
): readonly Finding[] {
  const isDeploying = planned.some(
    ({ address, action }) =>
      address.startsWith("aws_api_gateway_deployment.") && ["create", "replace"].includes(action),
  );
  if (!isDeploying) return [];
  // A method that is deployed already is critical as a part of the snapshot only.
  const liveRoutes = findings
    .filter(({ verdict, severity }) => verdict === "still-live" && severity === "critical")
    .map(({ route }) => route);
  return findings.filter(
    ({ address, attribute, severity, route }) =>
      address.startsWith("aws_api_gateway_rest_api.") &&
      DEPLOYED.includes(attribute ?? "") &&
      (severity === "critical" || (route !== undefined && liveRoutes.includes(route))),
  );
}

/** A line for each, with the command that removes it. @param found result of {@link takenAlong} */
export function takenAlongText(found: readonly Finding[]): string {
  const lines = found.flatMap(({ address, attribute, effect, route, undo }) => [
    `  ${visible(effect ?? route ?? `${attribute} of ${address}`)}`,
    ...(undo === undefined ? [] : [`    ${visible(undo)}`]),
  ]);
  return lines.join("\n");
}

/**
 * Refuses a plan that is applied without confirmation and takes along what Terraform does not manage.
 * @param planned addresses and actions of the plan
 * @throws {UserError} with the commands that remove it
 */
export function requireNothingTakenAlong(
  environment: string,
  planned: Parameters<typeof takenAlong>[0],
  findings: readonly Finding[],
): void {
  const found = takenAlong(planned, findings);
  if (found.length === 0) return;
  throw new UserError(
    `nothing was deployed to ${environment}, because the deployment would publish what was added out of band:\n${takenAlongText(found)}\nRun these commands first. To publish it, confirm on a terminal without --yes, or add --accept-unmanaged.`,
  );
}
