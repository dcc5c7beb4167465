/** Calls operations of a service in an account of their own, without any wire. */
import { AwsError } from "../../emulator/errors";
import { callOperation, type ServiceDefinition } from "../../emulator/protocols/service";
import { idleRuntime } from "./runtime";
import { openAccount } from "./workspace";

type Json = Readonly<Record<string, unknown>>;

/** An account that the operations of one service fill. */
export class OperationCaller {
  readonly account = openAccount();
  readonly context = {
    account: this.account,
    accountId: this.account.id,
    region: "eu-west-1",
    runtime: idleRuntime(this.account),
    requestId: "0",
  };

  constructor(private readonly service: ServiceDefinition) {}

  // biome-ignore lint/suspicious/noExplicitAny: tests read members of outputs by name
  call(operation: string, input: Json): Promise<any> {
    return this.account.change(async () => ({
      result: await callOperation(this.service, this.context, operation, input),
      operation: null,
    }));
  }

  /** Name and text of the refusal. */
  async refusal(operation: string, input: Json): Promise<readonly [name: string, text: string]> {
    try {
      await this.call(operation, input);
    } catch (error) {
      if (error instanceof AwsError) return [error.name, error.message];
      throw error;
    }
    throw new Error(`${operation} was not refused`);
  }
}
