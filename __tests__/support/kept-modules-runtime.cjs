/**
 * Jest's runtime for all test files. A package is loaded once for each worker, by Node; a source is compiled once for each
 * worker, and executed for each test file, so that no file sees what another one left in a variable.
 */
const { createRequire } = require("node:module");
const { compileFunction } = require("node:vm");
const { default: Runtime } = require("jest-runtime");

/** Packages but those of cdktf, which keep what a file made. */
const SHARED = /[\\/]node_modules[\\/](?!cdktf[\\/]|constructs[\\/]|@cdktf[\\/])/;
const compiled = new Map();
const native = createRequire(__filename);

class KeptModulesRuntime extends Runtime {
  constructor(...options) {
    super(...options);
    const { cjsLoader, executor, _resolution: resolution } = this;
    executor.compile = (source, filename) => {
      const known = compiled.get(filename);
      if (known?.source === source) return known.run;
      const run = compileFunction(source, executor.injectedModuleParameters, { filename });
      compiled.set(filename, { source, run });
      return run;
    };
    const requireModule = cjsLoader.requireModule.bind(cjsLoader);
    cjsLoader.requireModule = (from, name, options, isActual) => {
      const isOfTest = name && !options?.isInternalModule && !resolution.isCoreModule(name);
      const path = isOfTest ? resolution.resolveCjs(from, name) : "";
      return SHARED.test(path) ? native(path) : requireModule(from, name, options, isActual);
    };
  }
}

module.exports = { __esModule: true, default: KeptModulesRuntime };
