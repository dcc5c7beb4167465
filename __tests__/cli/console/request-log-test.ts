/** The requests that the console keeps: the newest, with decisions, and what a row says of them. */
import { RequestLog, summaryOf } from "../../../cli/console/request-log";
import type { AnsweredRequest, Decision } from "../../../emulator/index";

const answered = (decisions?: readonly Decision[], requestId = "r"): AnsweredRequest => ({
  method: "POST",
  host: "h",
  path: "/dev/a",
  status: 200,
  durationMs: 1,
  trail: decisions && (() => ({ decisions, requestId })),
});
const passed = (by: Decision["by"], text: string, facts: Decision["facts"] = []): Decision => ({
  by,
  isRefused: false,
  text,
  facts,
});

it("keeps the newest requests, and none of AWS's own APIs", () => {
  const log = new RequestLog();
  expect(log.add(answered())).toBeUndefined();
  for (let id = 1; id <= 201; id++) log.add(answered([], `request ${id}`));
  expect(log.after(0)).toHaveLength(200);
  expect(log.after(199).map(({ id }) => id)).toEqual([200, 201]);
  expect([log.find(1), log.find(201)?.trail.requestId]).toEqual([undefined, "request 201"]);
  expect([log.ofAws("request 200")?.id, log.ofAws(undefined)]).toEqual([200, undefined]);
});

it("names client, route and refusal", () => {
  const decisions = [passed("route", "POST /a"), passed("authorizer", "x", [["client_id", "c1"]])];
  const names = new Map([["c1", "orders"]]);
  const kept = new RequestLog().add(answered([...decisions, { by: "scope", isRefused: true, text: "has none" }]));
  expect(kept && summaryOf(kept, names)).toEqual({ client: "orders", route: "POST /a", refusal: "scope: has none" });
  const bare = new RequestLog().add(answered([]));
  expect(bare && summaryOf(bare, names)).toEqual({ client: undefined, route: undefined, refusal: undefined });
});
