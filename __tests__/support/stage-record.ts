/** The record of a stage that Terraform knows by its attributes. */

import type { StageCall } from "../../emulator/gateway/stage-call";
import { stages } from "../../emulator/services/apigateway/records";
import { type Attributes, text } from "../../emulator/terraform/attributes";
import type { Workspace } from "./workspace";

/** What firewall and throttling know a stage by, as it now is. @throws {Error} when there is no such stage */
export function recordOf(
  { account, region }: Pick<Workspace, "account" | "region">,
  stage: Attributes,
): Pick<StageCall, "region" | "stage"> {
  const record = stages.find({ account, region }, text(stage, "rest_api_id"), text(stage, "stage_name"));
  if (record === undefined) throw new Error("there is no such stage");
  return { region, stage: record };
}
