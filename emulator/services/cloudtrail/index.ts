/** AWS CloudTrail: the event history, with the events of Cognito's token endpoint. Calls of AWS's APIs are not recorded. */
import { loadModel } from "../../protocols/model";
import { operationsIn, type ServiceDefinition } from "../../protocols/service";
import * as events from "./event-history";

export { recordEvent, type ServiceEvent, TRAIL_LIMITS } from "./event-history";

export const cloudTrail: ServiceDefinition = {
  name: "cloudtrail",
  model: () => loadModel("cloudtrail"),
  constraintError: "own",
  operations: operationsIn("cloudtrail", events),
};
