/** Variables of a stage in the URI of an integration: `${stageVariables.name}`; one that the stage lacks is empty. Pure. */
import type { StageRecord } from "../services/apigateway/stage";

export function withStageVariables(uri: string, variables: StageRecord["variables"] = {}): string {
  return uri.replace(/\$\{stageVariables\.(\w+)\}/g, (_whole, name: string) =>
    Object.hasOwn(variables, name) ? (variables[name] ?? "") : "",
  );
}
