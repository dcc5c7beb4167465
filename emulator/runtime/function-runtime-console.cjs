/**
 * The console of a function, as Lambda's runtime for Node.js has it: each call is one entry of the log, with time,
 * request and level, as text or as JSON. Runs inside a function's process.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
"use strict";

const { format } = require("node:util");

const LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
const METHODS = {
  trace: "TRACE",
  debug: "DEBUG",
  info: "INFO",
  log: "INFO",
  warn: "WARN",
  error: "ERROR",
  fatal: "FATAL",
};

// The function may change these.
const { stdout } = process;
const write = stdout.write.bind(stdout);

/** Replaces the console's methods. @returns what logs an entry of its own */
function patchConsole({ AWS_LAMBDA_LOG_FORMAT, AWS_LAMBDA_LOG_LEVEL }, currentRequestId) {
  const isJson = AWS_LAMBDA_LOG_FORMAT === "JSON";
  const lowest = isJson ? LEVELS.indexOf(AWS_LAMBDA_LOG_LEVEL) : 0;
  const log = (level, ...values) => {
    if (LEVELS.indexOf(level) < lowest) return;
    const entry = isJson ? asJson : asText;
    // Only a line's end ends an entry; the reader makes line ends of these again.
    write(`${entry(new Date().toISOString(), currentRequestId(), level, values).replaceAll("\n", "\r")}\n`);
  };
  for (const [method, level] of Object.entries(METHODS)) console[method] = (...values) => log(level, ...values);
  return { isJson, log };
}

function asText(time, requestId, level, values) {
  return `${time}\t${requestId}\t${level}\t${format(...values)}`;
}

/** One value stays what it is; several are put together, with what the first error among them says. */
function asJson(timestamp, requestId, level, values) {
  const entry = { timestamp, level, requestId };
  if (values.length === 1) {
    try {
      return JSON.stringify({ ...entry, message: values[0] }, (_key, value) => withError(value));
    } catch {
      return JSON.stringify({ ...entry, message: format(values[0]) });
    }
  }
  const error = values.find((value) => value instanceof Error);
  return JSON.stringify({ ...entry, message: format(...values), ...(error && partsOf(error)) });
}

function withError(value) {
  return value instanceof Error ? { ...partsOf(value), ...value } : value;
}

function partsOf(error) {
  return {
    errorType: error.constructor?.name ?? "UnknownError",
    errorMessage: error.message,
    stackTrace: typeof error.stack === "string" ? error.stack.split("\n") : [],
  };
}

module.exports = { patchConsole };
