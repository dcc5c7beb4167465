/** What the demo prints fits the terminal. */
import { stripVTControlCharacters } from "node:util";
import { type DoneStep, nextStepsText, stepText } from "../../cli/demo-text";
import { widthOf } from "../../platform/terminal-table";

const DONE: Omit<DoneStep, "observation"> = {
  number: " 4",
  title: "the token names the pool and the client",
  width: 39,
  took: "12.1 s",
};
const ISSUER = "https://cognito-idp.ap-northeast-1.amazonaws.com/ap-northeast-1_Ab1Cd2Ef3";
const FLOWS =
  'explicit_auth_flows: ["ALLOW_REFRESH_TOKEN_AUTH"] → ["ALLOW_CUSTOM_AUTH","ALLOW_REFRESH_TOKEN_AUTH","ALLOW_USER_SRP_AUTH"]';

const linesOf = (step: Partial<DoneStep>, columns?: number) =>
  stripVTControlCharacters(
    stepText({ ...DONE, observation: ["its claims:", `iss        ${ISSUER}`, FLOWS], ...step }, columns),
  ).split("\n");

it("has a line for each step with its summary, and details below it, without a terminal", () => {
  expect(linesOf({})).toEqual([
    "✓   4  the token names the pool and the client  12.1 s  its claims:",
    `       iss        ${ISSUER}`,
    `       ${FLOWS}`,
  ]);
});

it("breaks details between words, and keeps URLs whole", () => {
  expect(linesOf({}, 80)).toEqual([
    "✓   4  the token names the pool and the client  12.1 s  its claims:",
    "       iss",
    `       ${ISSUER}`,
    '       explicit_auth_flows: ["ALLOW_REFRESH_TOKEN_AUTH"] →',
    '         ["ALLOW_CUSTOM_AUTH","ALLOW_REFRESH_TOKEN_AUTH","ALLOW_USER_SRP_AUTH"]',
  ]);
});

it("moves a summary that does not fit below its step", () => {
  expect(linesOf({ observation: ["UpdateUserPoolClient"] }, 60)).toEqual([
    "✓   4  the token names the pool and the client  12.1 s",
    "       UpdateUserPoolClient",
  ]);
});

it.each([60, 80, 120])("fits %i columns, also with a long name of a route", (columns) => {
  const title = `GET ${"/orders/{order}".repeat(9)} without a token is refused`;
  const lines = [
    ...linesOf({}, columns),
    ...linesOf({ title, width: title.length }, columns),
    ...nextStepsText("dev", columns).split("\n"),
  ];
  expect(lines.filter((line) => widthOf(line) > columns)).toEqual([]);
  expect(lines).toContainEqual(expect.stringContaining("npx access local npx access deploy dev"));
});
