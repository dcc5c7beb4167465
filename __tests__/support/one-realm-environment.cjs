/**
 * Jest's environment for all test files: Node's own globals in place of a new set of them for each file, so that a package
 * is loaded once for each worker. Puts back what a file changed of the process. User pools get keys of the worker.
 */
const asyncHooks = require("node:async_hooks");
const { LegacyFakeTimers, ModernFakeTimers } = require("@jest/fake-timers");
const { ModuleMocker } = require("jest-mock");
const { dealKeyPairs } = require("./dealt-keys.cjs");

dealKeyPairs();

class OneRealmEnvironment {
  global = globalThis;
  moduleMocker = new ModuleMocker(globalThis);
  // Node 20 and 22 propagate a store to each promise for as long as it is enabled, and Jest makes one for each file.
  stores = [];

  constructor({ projectConfig: config }) {
    const { moduleMocker, stores } = this;
    const global = globalThis;
    const timerConfig = { idToRef: (id) => id, refToId: (timer) => timer };
    this.fakeTimers = new LegacyFakeTimers({ config, global, moduleMocker, timerConfig });
    this.fakeTimersModern = new ModernFakeTimers({ config, global });
    this.before = {
      globals: new Set(Reflect.ownKeys(global)),
      variables: { ...process.env },
      folder: process.cwd(),
      listeners: new Map(process.eventNames().map((name) => [name, process.rawListeners(name)])),
      exit: process.exit,
      exitCode: process.exitCode,
      console: global.console,
      storage: Object.getOwnPropertyDescriptor(asyncHooks, "AsyncLocalStorage"),
    };
    const { AsyncLocalStorage } = asyncHooks;
    const value = class extends AsyncLocalStorage {
      constructor(...options) {
        super(...options);
        stores.push(this);
      }
    };
    Object.defineProperty(asyncHooks, "AsyncLocalStorage", { value, enumerable: true, configurable: true });
  }

  async setup() {}

  async teardown() {
    const { globals, variables, folder, listeners, exit, exitCode, console, storage } = this.before;
    this.fakeTimers.dispose();
    this.fakeTimersModern.dispose();
    for (const store of this.stores) store.disable();
    Object.defineProperty(asyncHooks, "AsyncLocalStorage", storage);
    // Among them are Jest's own state, with all that listens to it, and cdktf's tokens.
    for (const name of Reflect.ownKeys(globalThis)) {
      if (!globals.has(name)) Reflect.deleteProperty(globalThis, name);
    }
    for (const name of Object.keys(process.env)) {
      if (!(name in variables)) delete process.env[name];
    }
    Object.assign(process.env, variables);
    if (process.cwd() !== folder) process.chdir(folder);
    for (const name of process.eventNames()) {
      for (const listener of process.rawListeners(name)) {
        if (!listeners.get(name)?.includes(listener)) process.removeListener(name, listener);
      }
    }
    Object.assign(process, { exit, exitCode });
    globalThis.console = console;
  }

  exportConditions() {
    return ["node", "node-addons"];
  }

  getVmContext() {
    return globalThis;
  }
}

module.exports = OneRealmEnvironment;
