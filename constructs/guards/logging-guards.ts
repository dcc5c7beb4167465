/** Logs that hold what they must not, or that are never thrown away. */
import { blocksOf, hasExpression, isOff, isOn, shown } from "./attribute-value";
import { type GuardTable, when } from "./guard";

export const loggingGuards: GuardTable = {
  /** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html */
  aws_cloudwatch_log_group: ({ attributes: { retention_in_days: days } }) =>
    when(
      !(Number(days) > 0),
      hasExpression(days)
        ? `retention_in_days is ${shown(days)}, which nobody can check before it is deployed`
        : "its log lines are kept for ever, since retention_in_days is not set",
      "Set retention_in_days",
    ),

  /** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html */
  aws_api_gateway_method_settings: ({ attributes }) =>
    blocksOf(attributes["settings"]).flatMap((settings) => [
      ...when(
        !isOff(settings["data_trace_enabled"]),
        "data_trace_enabled writes whole requests into the log, tokens and all",
        "Leave it out, and use the stage's access log",
      ),
      ...when(
        !isOff(settings["caching_enabled"]) && !isOn(settings["cache_data_encrypted"]),
        "caching_enabled keeps answers unencrypted",
        "Set cache_data_encrypted to true",
      ),
    ]),
};
