/** Errors as Terraform shows them to people. */
import { AccountFileError } from "../account/file";
import { AwsError, UnsupportedError } from "../errors";
import type { ValueMistake } from "./kind-values";
import type { Diagnostic } from "./messages";
import { AccountNotAllowedError, RoleNotAssumableError, UnknownRegionError } from "./provider-settings";

/** AWS's refusal, or that something is not emulated, as Terraform shows it; `undefined` for any other error. */
export function asDiagnostic(error: unknown, doing?: string): Diagnostic | undefined {
  if (
    error instanceof AccountNotAllowedError ||
    error instanceof RoleNotAssumableError ||
    error instanceof UnknownRegionError
  ) {
    return { severity: "ERROR", summary: error.message, detail: error.detail };
  }
  const isForUsers = [AwsError, UnsupportedError, AccountFileError].some((kind) => error instanceof kind);
  if (!(error instanceof Error) || !isForUsers) return undefined;
  const text = error instanceof AwsError ? [error.name, error.message].filter(Boolean).join(": ") : error.message;
  return { severity: "ERROR", summary: doing === undefined ? text : `${doing}: ${text}` };
}

/** A mistake in a value, at its attribute. */
export function diagnosticOf({ summary, detail, steps }: ValueMistake): Diagnostic {
  const path = steps.map((step) => (typeof step === "string" ? { attribute_name: step } : { element_key_int: step }));
  return { severity: "ERROR", summary, ...(detail === undefined ? {} : { detail }), attribute: { steps: path } };
}
