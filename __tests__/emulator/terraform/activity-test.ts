/** How long nothing was under way. */
import { Activity, untilIdle } from "../../../emulator/terraform/activity";

const pending = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;

describe("activity", () => {
  it("is idle as long as nothing is under way", async () => {
    const activity = new Activity();
    let done = () => {};
    const work = activity.during(new Promise<void>((resolve) => (done = resolve)));
    await untilIdle([new Activity()], 5);
    expect(activity.idleMs).toBe(0);
    done();
    await work;
    await untilIdle([activity], 5);
    expect(activity.idleMs).toBeGreaterThanOrEqual(5);
  });

  it("does not keep the process from ending while it is waited for", () => {
    const before = pending();
    void untilIdle([new Activity()], 60_000);

    expect(pending()).toBe(before);
  });
});
