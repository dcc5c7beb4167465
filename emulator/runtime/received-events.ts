/**
 * The events that functions received, masked, which Lambda does not keep: no operation of AWS returns them. They are kept
 * as log lines are, each under the function's log group, with which they are deleted.
 */
import type { DeployedFunction, LogGroupName } from "../protocols/runtime";
import { maskEvent } from "./event-mask";
import type { LogEvents } from "./log-events";

/** Characters of an event in JSON. Of a longer one only the length is kept. */
const MAX_EVENT = 1 << 20;

/** A shorter secret would mask what is none. */
const MIN_SECRET = 8;

/** An event of a function. */
export interface ReceivedEvent {
  /** A later event has a higher number. */
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly requestId: string;
  /** JSON value; with masks in place of secrets. */
  readonly event: unknown;
}

/** The events. */
export class ReceivedEvents {
  /** @param secrets values that the account holds as secrets */
  constructor(
    private readonly kept: LogEvents,
    private readonly secrets: () => readonly string[],
  ) {}

  /**
   * Keeps the event.
   * @param eventJson as the function gets it
   * @param event the same as a value, where it is known
   */
  add(fn: DeployedFunction, requestId: string, eventJson: string, event: unknown = JSON.parse(eventJson)): void {
    const { region, logGroup, name } = fn;
    const kept = eventJson.length > MAX_EVENT ? `(${eventJson.length} characters)` : this.masked(eventJson, event);
    this.kept.add({ region, logGroup, logStream: name }, JSON.stringify({ requestId, event: kept }));
  }

  /** Removes the events under the log group. */
  forget(group: LogGroupName): void {
    this.kept.forget(group);
  }

  /** Events of the function, in the order in which they came. @param since milliseconds since 1970 */
  of(group: LogGroupName, functionName: string, since: number): readonly ReceivedEvent[] {
    return this.kept
      .of(group)
      .filter(({ logStream, timestamp }) => logStream === functionName && timestamp >= since)
      .map(({ id, timestamp, message }) => ({ id, timestamp, ...JSON.parse(message) }));
  }

  private masked(eventJson: string, event: unknown): unknown {
    // A body in Base64 hides what it has.
    const isHidden = eventJson.includes('"isBase64Encoded":true');
    const secrets = this.secrets().filter(
      (secret) => secret.length >= MIN_SECRET && (isHidden || eventJson.includes(secret)),
    );
    return maskEvent(event, secrets);
  }
}
