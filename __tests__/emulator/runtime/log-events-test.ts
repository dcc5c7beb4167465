/** Lines of log groups: which of them are kept. */
import { LogEvents } from "../../../emulator/runtime/log-events";

const MOST_BYTES = 1000;

let logs: LogEvents;
beforeEach(() => {
  logs = new LogEvents(() => 0, 10, 3, MOST_BYTES);
});

const add = (logGroup: string, message: string, logStream = "s") =>
  logs.add({ region: "eu-west-1", logGroup, logStream }, message);
const messages = (logGroup: string) => logs.of({ region: "eu-west-1", logGroup }).map(({ message }) => message);

describe("LogEvents", () => {
  it("keeps the newest lines of a group", () => {
    for (let line = 0; line < 15; line += 1) add("orders", String(line));

    expect(messages("orders")).toEqual(["5", "6", "7", "8", "9", "10", "11", "12", "13", "14"]);
  });

  it("keeps a number of bytes, at the expense of the largest group", () => {
    add("small", "a line");
    for (let line = 0; line < 9; line += 1) add("large", `${line}${"é".repeat(120)}`);
    const [oldest = ""] = messages("large");

    expect(messages("small")).toEqual(["a line"]);
    expect(messages("large")).toHaveLength(3);
    expect(oldest.startsWith("6")).toBe(true);
  });

  it("keeps no line that is larger than all of them may be", () => {
    add("orders", "x".repeat(MOST_BYTES));

    expect(messages("orders")).toEqual([]);
  });

  it("counts neither the lines of streams and groups that are forgotten, nor those that were too many", () => {
    for (let round = 0; round < 20; round += 1) {
      for (const group of ["a", "b", "c", "d"]) add(group, "x".repeat(100), `${round}`);
      logs.forget({ region: "eu-west-1", logGroup: "d", logStream: `${round}` });
    }
    add("b", "x".repeat(500));

    expect(["a", "b", "c", "d"].flatMap(messages).reduce((sum, text) => sum + text.length + 26, 0)).toBeGreaterThan(
      MOST_BYTES - 126 - 1,
    );
  });
});
