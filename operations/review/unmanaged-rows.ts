/** The list of unmanaged resources in a review, and what of them was not checked. Pure. */
import { code, commandCode, prose } from "../../platform/markdown";
import { notCheckedLines, type UnmanagedResources } from "../deployed/unmanaged";
import { SEVERITIES } from "./alert";

/** One item for each, with the command that removes it; the most severe first. */
export function unmanagedRows({ findings }: UnmanagedResources): readonly string[] {
  return findings
    .toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity))
    .map(({ address, attribute, found, severity, effect, undo }) => {
      const what = `- ${severity}: ${code(attribute ?? "")} of ${code(address)}: ${code(found)}`;
      const why = effect === undefined ? [] : [code(effect)];
      const remove = undo === undefined ? [] : [commandCode(undo)];
      return [what, ...why, ...remove].join("<br>");
    });
}

/** What AWS did not list, as one paragraph; empty when it listed everything. */
export function unmanagedNotes({ notChecked }: UnmanagedResources): readonly string[] {
  const lines = notCheckedLines(notChecked);
  return lines.length === 0 ? [] : [`Unmanaged resources ${lines.map(prose).join(" ")}`, ""];
}
