/** A runtime of functions for tests that run none. */
import type { Account } from "../../emulator/account/account";
import type { Runtime } from "../../emulator/protocols/runtime";
import { LogEvents } from "../../emulator/runtime/log-events";

/** A runtime that fails when a function is invoked. */
export function idleRuntime(account: Account): Runtime {
  const invoke = () => Promise.reject(new Error("this test runs no functions"));
  return { runner: { invoke }, logs: new LogEvents({ clock: () => account.now() }) };
}
