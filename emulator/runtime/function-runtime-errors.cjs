/** Errors as Lambda reports and logs them. Runs inside a function's process. */
"use strict";

const { types } = require("node:util");

/** Bytes of JSON that a function may answer with. */
const PAYLOAD_BYTES = 6_291_556;

const TOO_LARGE = {
  errorType: "Function.ResponseSizeTooLarge",
  errorMessage: `Response payload size exceeded maximum allowed payload size (${PAYLOAD_BYTES} bytes).`,
};

/** An error of the runtime itself, of a class of that name. @param details what is logged besides */
function runtimeError(kind, message, details = {}) {
  const RuntimeError = { [kind]: class extends Error {} }[kind];
  const error = Object.assign(new RuntimeError(message), details);
  Object.defineProperty(error, "name", { value: `Runtime.${kind}` });
  Error.captureStackTrace(error, runtimeError);
  return error;
}

function isTooLarge(json) {
  return Buffer.byteLength(json) > PAYLOAD_BYTES;
}

/** The error that the caller receives for a thrown value. */
function asReport(thrown) {
  const report = describe(thrown);
  return isTooLarge(JSON.stringify(report)) ? TOO_LARGE : report;
}

function describe(thrown) {
  try {
    if (types.isNativeError(thrown) || isLikeAnError(thrown)) {
      return { errorType: `${thrown.name}`, errorMessage: `${thrown.message}`, trace: `${thrown.stack}`.split("\n") };
    }
    return { errorType: typeof thrown, errorMessage: `${thrown.toString()}`, trace: [] };
  } catch {
    return {
      errorType: "handled",
      errorMessage:
        "callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack",
    };
  }
}

function isLikeAnError(thrown) {
  return ["name", "message", "stack"].every((key) => typeof thrown?.[key] === "string" && thrown[key] !== "");
}

/** Logs what was thrown in one entry, with all that it carries. @param what such as "Invoke Error" */
function logError({ isJson, log }, what, thrown) {
  if (isJson && types.isNativeError(thrown)) {
    log("ERROR", thrown);
    return;
  }
  const { errorType, errorMessage, trace: stack } = asReport(thrown);
  const extras = types.isNativeError(thrown) ? thrown : {};
  let details;
  try {
    details = JSON.stringify({ errorType, errorMessage, ...extras, stack }, (_key, value) => withParts(value));
  } catch {
    details = JSON.stringify({ errorType, errorMessage, stack });
  }
  log("ERROR", ...(isJson ? [JSON.parse(details)] : [`${what} \t${details}`]));
}

/** An error within another one, such as the reason of a rejection that was not handled. */
function withParts(value) {
  if (!types.isNativeError(value)) return value;
  const { name: errorType, message: errorMessage, stack } = value;
  return { errorType, errorMessage, ...value, stack: String(stack).split("\n") };
}

module.exports = { asReport, isTooLarge, logError, runtimeError, TOO_LARGE };
