/** Finds a function's handler in its code. Runs inside a function's process. */
"use strict";

const { existsSync, readFileSync } = require("node:fs");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const { runtimeError } = require("./function-runtime-errors.cjs");
const { provideImports } = require("./function-runtime-packages.cjs");

/**
 * The exported function.
 *
 * @param root folder of the code
 * @param name `<folders/><file without extension>.<export>`, where the export may be nested: `routes.index`
 * @throws errors named Runtime.MalformedHandlerName, Runtime.ImportModuleError, Runtime.UserCodeSyntaxError and
 * Runtime.HandlerNotFound, and whatever the code throws
 */
async function loadHandler(root, name) {
  if (name.includes("..")) {
    throw runtimeError(
      "MalformedHandlerName",
      `'${name}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    );
  }
  const base = path.basename(name);
  const dot = base.indexOf(".");
  if (dot < 0) throw runtimeError("MalformedHandlerName", "Bad handler");
  const folder = path.resolve(root, name.slice(0, name.indexOf(base)));
  const code = await loadCode(root, folder, base.slice(0, dot));
  const found = base
    .slice(dot + 1)
    .split(".")
    .reduce((holder, key) => holder?.[key], code);
  if (!found) throw runtimeError("HandlerNotFound", `${name} is undefined or not exported`);
  if (typeof found !== "function") throw runtimeError("HandlerNotFound", `${name} is not a function`);
  return found;
}

async function loadCode(root, folder, file) {
  try {
    return await loadFile(root, folder, file);
  } catch (error) {
    // An ES module that imports what does not exist keeps its own error (ERR_MODULE_NOT_FOUND), as on AWS.
    if (error instanceof SyntaxError) throw syntaxError(error);
    if (error?.code === "MODULE_NOT_FOUND") throw runtimeError("ImportModuleError", String(error));
    throw error;
  }
}

/** Keeps the stack, which says where the mistake is. */
function syntaxError(error) {
  return Object.defineProperty(runtimeError("UserCodeSyntaxError", String(error)), "stack", { value: error.stack });
}

async function loadFile(root, folder, file) {
  const start = path.join(folder, file);
  if (existsSync(start)) return require(start);
  if (existsSync(`${start}.js`)) {
    return isModulesFolder(folder) ? importFile(`${start}.js`) : require(`${start}.js`);
  }
  if (existsSync(`${start}.mjs`)) return importFile(`${start}.mjs`);
  if (existsSync(`${start}.cjs`)) return require(`${start}.cjs`);
  return require(require.resolve(file, { paths: [root, folder] }));
}

function importFile(file) {
  provideImports();
  return import(pathToFileURL(file).href);
}

/** Whether the nearest package.json says that `.js` files are ES modules. */
function isModulesFolder(folder) {
  if (path.basename(folder) === "node_modules") return false;
  try {
    return JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"))?.type === "module";
  } catch (error) {
    const parent = path.dirname(folder);
    return error.code === "ENOENT" && parent !== folder && isModulesFolder(parent);
  }
}

module.exports = { loadHandler };
