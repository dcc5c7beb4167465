/**
 * Packages that Lambda's runtimes for Node.js contain, so that no function has to bring them along: the AWS SDK. Here they
 * are those of the project whose functions it runs. Runs inside a function's process.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
 */
"use strict";

const Module = require("node:module");
const { join } = require("node:path");
const { pathToFileURL } = require("node:url");

const OF_RUNTIME = /^@(?:aws-sdk|smithy)\/[^/]+/;
/** A file of the project, whether it exists or not, from which packages are resolved. */
let importer;

/**
 * Finds packages of the runtime for `require`, and for `import` where Node can resolve imports in the same thread.
 * @param folder of the project
 */
function providePackages(folder) {
  withoutVersionWarning();
  importer = new Module(join(folder, "importer.js"));
  importer.paths = Module._nodeModulePaths(folder);
  const resolve = Module._resolveFilename;
  Module._resolveFilename = (specifier, ...others) => {
    try {
      return resolve.call(Module, specifier, ...others);
    } catch (error) {
      if (error?.code !== "MODULE_NOT_FOUND" || !OF_RUNTIME.test(specifier)) throw error;
      return resolveHere(resolve, specifier, error);
    }
  };
  Module.registerHooks?.({ resolve: (...values) => resolveImport(...values) });
}

/**
 * Leaves out the SDK's warning of an old Node.js: it is about this machine's, not about that of Lambda's runtime. The
 * variable that turns it off would be visible to the function.
 */
function withoutVersionWarning() {
  const { emitWarning } = process;
  process.emitWarning = (warning, ...others) => {
    if (!String(warning).startsWith("NodeVersionSupportWarning:")) emitWarning.call(process, warning, ...others);
  };
}

/** Finds them for `import` in a function that is an ES module, where that takes a thread of its own. */
function provideImports() {
  if (Module.registerHooks !== undefined) return;
  const hook = `const OF_RUNTIME = ${OF_RUNTIME}; const parentURL = ${JSON.stringify(urlOfImporter())}; export ${resolveInThread}`;
  Module.register(`data:text/javascript,${encodeURIComponent(hook.replace("resolveInThread", "resolve"))}`);
}

function resolveHere(resolve, specifier, notFound) {
  try {
    return resolve.call(Module, specifier, importer, false);
  } catch {
    const [name] = OF_RUNTIME.exec(specifier);
    notFound.message = `Cannot find module '${specifier}'. Lambda's runtime contains it; the embedded AWS takes it from the project: npm install --save-dev ${name}`;
    throw notFound;
  }
}

function urlOfImporter() {
  return pathToFileURL(importer.id).href;
}

function resolveImport(specifier, context, next) {
  try {
    return next(specifier, context);
  } catch (error) {
    if (!OF_RUNTIME.test(specifier)) throw error;
    return next(specifier, { ...context, parentURL: urlOfImporter() });
  }
}

/** The same for a thread, which gets this function's text. */
async function resolveInThread(specifier, context, next) {
  try {
    return await next(specifier, context);
  } catch (error) {
    if (!OF_RUNTIME.test(specifier)) throw error;
    return await next(specifier, { ...context, parentURL });
  }
}

module.exports = { provideImports, providePackages };
