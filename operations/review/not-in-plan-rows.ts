/** The list of what no plan shows in a review, and what was not checked. Pure. */
import { code, commandCode } from "../../platform/markdown";
import { notCheckedLines, type UnmanagedResources } from "../deployed/unmanaged";
import { SEVERITIES } from "./alert";
import { nameOf } from "./out-of-band";

/**
 * One item for each, with the command that undoes it; the most severe first.
 * @param isDeploying whether the plan makes a deployment of the API
 */
export function notInPlanRows({ findings }: UnmanagedResources, isDeploying = false): readonly string[] {
  return findings
    .toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity))
    .map(({ address, attribute, expected, found, verdict, severity, effect, undo }) => {
      const wanted = verdict === "unmanaged-resource" ? "" : `, expected ${code(expected)}`;
      const what = `- ${severity}: ${code(nameOf(attribute, address))}: ${code(found)}${wanted}`;
      const why = effect === undefined ? [] : [code(effect)];
      const remove = undo === undefined ? [] : [commandCode(undo)];
      const live = isDeploying && verdict === "not-live" ? ["Goes live with this plan"] : [];
      return [what, ...live, ...why, ...remove].join("<br>");
    });
}

/** What AWS did not list, as one paragraph; empty when it listed everything. */
export function notCheckedNotes({ notChecked }: UnmanagedResources): readonly string[] {
  const lines = notCheckedLines(notChecked);
  return lines.length === 0 ? [] : [lines.map(commandCode).join(" "), ""];
}
