/** Operations of a service in a workspace's account, as the SDK would call them, without any wire. */
import type { AwsError } from "../../emulator/errors";
import type { Runtime } from "../../emulator/protocols/runtime";
import { callOperation } from "../../emulator/protocols/service";
import { services } from "../../emulator/services";
import type { Workspace } from "./workspace";

type Structure = Readonly<Record<string, unknown>>;

/** Calls operations of one service; what one refuses is undone. */
export class Operations {
  constructor(
    private readonly workspace: Workspace,
    private readonly service: string,
    private readonly runtime: Partial<Runtime> = {},
  ) {}

  call(operation: string, input: Structure = {}): Promise<Structure> {
    const { place } = this.workspace;
    const service = services.get(this.service);
    if (service === undefined) throw new Error(`${this.service} is not a service`);
    const context = { ...place, runtime: { ...place.runtime, ...this.runtime }, requestId: "request" };
    return place.account.change(async () => ({
      result: await callOperation(service, context, operation, input),
      operation: null,
    }));
  }

  /** Name and message of the refusal. @throws {Error} when the operation is not refused */
  async refusal(operation: string, input: Structure = {}): Promise<readonly [name: string, message: string]> {
    const refusal = await this.call(operation, input).then(
      () => undefined,
      (error: AwsError) => error,
    );
    if (refusal === undefined) throw new Error(`${operation} was not refused`);
    return [refusal.name, refusal.message];
  }
}
