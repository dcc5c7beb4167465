/**
 * Runs inside a function's process: loads the handler, runs it for one request after the other and says what came of it.
 * Plain JavaScript without dependencies, so that it starts fast; behaves as AWS's runtimes for Node.js 18 to 24.
 *
 * @see https://github.com/aws/aws-lambda-nodejs-runtime-interface-client
 */
"use strict";

const { readFileSync } = require("node:fs");
const { endAll, openChannel, send, watch } = require("./function-runtime-channel.cjs");
const { patchConsole } = require("./function-runtime-console.cjs");
const { asReport, isTooLarge, logError, runtimeError, TOO_LARGE } = require("./function-runtime-errors.cjs");
const { loadHandler } = require("./function-runtime-loader.cjs");
const { providePackages } = require("./function-runtime-packages.cjs");

const NEVER_SETTLED =
  "The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes";

/** @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html */
const NO_CALLBACKS =
  "ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.";

// The function may change these, and knows nothing of the way to the embedded AWS, which can be read only once.
const { exit } = process;
const { network, packagesFolder } = JSON.parse(readFileSync(0, "utf8"));
const environment = { ...process.env };
/** From Node.js 24 on, a handler answers by a promise and in no other way. */
const hasCallbacks = /nodejs(18|20|22)\.x$/.test(environment.AWS_EXECUTION_ENV);

const log = patchConsole(environment, () => current?.requestId);

/** To the parent. Keeps the process alive between requests only, so that a request's empty event loop is noticed. */
const channel = openChannel(receive);
const setRunning = watch(Number(environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE));
let handler;
/** The request that is running. */
let current;
let whenLoopIsEmpty = () => undefined;

start();

function start() {
  // What is printed is there before the answer is, and before the process is gone.
  for (const output of [process.stdout, process.stderr]) output._handle?.setBlocking?.(true);
  channel.on("error", endAll).on("close", endAll).unref();
  process.on("uncaughtException", (error) => failForGood("Uncaught Exception", error, 129));
  process.on("unhandledRejection", (reason, promise) => {
    const error = runtimeError("UnhandledPromiseRejection", String(reason), { reason, promise });
    failForGood("Unhandled Promise Rejection", error, 128);
  });
  process.on("beforeExit", () => whenLoopIsEmpty());
  if (network !== undefined) require("./function-runtime-network.cjs").useProxy(network);
  providePackages(packagesFolder);
  loadHandler(environment.LAMBDA_TASK_ROOT, environment._HANDLER).then(
    (loaded) => {
      if (!hasCallbacks && loaded.length >= 3) {
        failForGood("Init Error", runtimeError("CallbackHandlerDeprecated", NO_CALLBACKS), 129);
      }
      handler = loaded;
      channel.ref();
      setRunning(false);
      send({ type: "ready" });
    },
    (error) => failForGood("Uncaught Exception", error, 129),
  );
}

function receive(request) {
  channel.unref();
  setRunning(true);
  // In an async context of its own: what one request enters there is not there for the next.
  setImmediate(() => run(request));
}

function run(request) {
  current = request;
  process.env._X_AMZN_TRACE_ID = request.traceId;
  const ends = endsOf(request);
  whenLoopIsEmpty = () => {
    if (handler.constructor.name === "AsyncFunction") ends.fail(runtimeError("NodeJsExit", NEVER_SETTLED));
    else ends.succeed(null);
  };
  try {
    const others = hasCallbacks ? [ends.callback] : [];
    const result = handler(request.event, contextOf(request, ends), ...others);
    if (typeof result?.then === "function") result.then(ends.succeed, ends.fail);
    else if (!hasCallbacks) ends.succeed(result);
  } catch (error) {
    ends.callback(error);
  }
}

/** The ways in which a handler can end a request; the first that is taken counts. */
function endsOf(request) {
  let isEnded = false;
  const firstOnly =
    (end) =>
    (...values) => {
      if (isEnded) return;
      isEnded = true;
      end(...values);
    };
  const isError = (error) => error !== undefined && error !== null;
  const done = (error, result) => (isError(error) ? fail(request, error) : answer(request, result));
  const ends = {
    waitsForEmptyLoop: true,
    done: firstOnly(done),
    fail: firstOnly((error) => fail(request, isError(error) ? error : "handled")),
    succeed: firstOnly((result) => answer(request, result)),
    callback: firstOnly((error, result) => {
      if (isError(error) || !ends.waitsForEmptyLoop) done(error, result);
      else whenLoopIsEmpty = () => answer(request, result);
    }),
  };
  return ends;
}

function contextOf({ requestId, arn, remainingMilliseconds, clientContext }, ends) {
  const deadline = Date.now() + remainingMilliseconds;
  const context = {
    functionVersion: environment.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: environment.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: environment.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: environment.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext,
    identity: undefined,
    invokedFunctionArn: arn,
    awsRequestId: requestId,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  return hasCallbacks ? withCallbacks(context, ends) : context;
}

function withCallbacks(context, ends) {
  const { succeed, fail, done } = ends;
  return Object.defineProperty({ ...context, succeed, fail, done }, "callbackWaitsForEmptyEventLoop", {
    enumerable: true,
    get: () => ends.waitsForEmptyLoop,
    set: (value) => {
      ends.waitsForEmptyLoop = value;
    },
  });
}

function answer(request, payload) {
  let json;
  try {
    json = JSON.stringify(payload) ?? "null";
  } catch {
    fail(request, new Error("Unable to stringify response body"));
    return;
  }
  if (isTooLarge(json)) report(request, TOO_LARGE);
  else finish({ type: "answer", requestId: request.requestId }, json);
}

function fail(request, thrown) {
  logError(log, "Invoke Error", thrown);
  report(request, asReport(thrown));
}

function report({ requestId }, error) {
  finish({ type: "error", requestId, error, isFatal: false });
}

function finish(message, payloadJson) {
  current = undefined;
  whenLoopIsEmpty = () => undefined;
  channel.ref();
  setRunning(false);
  send(message, payloadJson);
}

/** Reports an uncaught error; after that the process cannot be trusted. */
function failForGood(what, thrown, status) {
  logError(log, what, thrown);
  const error = asReport(thrown);
  if (handler === undefined) send({ type: "initError", error });
  else if (current !== undefined) send({ type: "error", requestId: current.requestId, error, isFatal: true });
  exit.call(process, status);
}
