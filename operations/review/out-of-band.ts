/** Alerts about what was added out of band, and about changes that decide what is answered until the plan is applied. Pure. */
import { code, commandCode, counted } from "../../platform/markdown";
import { actionOf } from "../plan-file/plan-json";
import { type Alert, critical, info } from "./alert";
import { deletedFunctions, type PlanContext } from "./plan-context";

/** What a deployment of the API holds a copy of, and what names the deployment that answers. */
const IN_SNAPSHOT: readonly string[] = ["authorizer", "integration", "method", "resource", "stage"].map(
  (name) => `aws_api_gateway_${name}`,
);

/** What was changed out of band, decides who gets in, and is not in any plan. */
export function notInPlanAlerts({ environment, notInPlan }: PlanContext): readonly Alert[] {
  return notInPlan.findings
    .filter(({ severity }) => severity === "critical")
    .map(({ address, attribute, effect, undo }) => {
      const remedy =
        undo === undefined
          ? `For more: ${code(`npx access drift ${environment}`)}`
          : `To undo it: ${commandCode(undo)}`;
      return critical(`Not in the plan: ${code(effect ?? nameOf(attribute, address))}. ${remedy}`);
    });
}

/** What a finding is about. */
export function nameOf(attribute: string | null, address: string): string {
  return attribute === null ? address : `${attribute} of ${address}`;
}

/** Which routes are broken, and what the table of calls cannot know. */
export function outOfBandNotes({ environment, plan, drifts }: PlanContext): readonly Alert[] {
  const { resource_drift } = plan;
  // Without the API, nothing could answer.
  const isApiGone = ({ type, change }: (typeof resource_drift)[number]) =>
    type === "aws_api_gateway_rest_api" && actionOf(change) === "destroy";
  if (resource_drift.some(isApiGone)) return [];
  const addresses = new Set(drifts.map(({ address }) => address));
  const count = [...addresses].filter((address) => IN_SNAPSHOT.includes(address.split(".", 1).join())).length;
  const withEnvironment = resource_drift.filter(
    (drift) =>
      drift.type === "aws_lambda_function" &&
      drifts.some(({ address, attribute }) => address === drift.address && attribute?.startsWith("environment")),
  );
  const named = ({ change }: (typeof resource_drift)[number]) => code(String(change.before?.["function_name"]));
  return [
    ...deletedFunctions(resource_drift).map((drift) =>
      info(
        `The function ${named(drift)} was deleted outside Terraform: its routes answer 500 until it is created again.`,
      ),
    ),
    ...(count === 0
      ? []
      : [
          info(
            `The API was changed outside Terraform (${counted(count, "resource")}). The calls before the plan are those of its configuration, which may not be deployed; ${code(`npx access drift ${environment}`)} shows what answers.`,
          ),
        ]),
    ...withEnvironment.map((drift) =>
      info(
        `The environment of the function ${named(drift)} was changed outside Terraform: at present it may allow other clients than shown.`,
      ),
    ),
  ];
}
