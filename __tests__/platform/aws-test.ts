import { aws } from "../../platform/aws";

describe("aws", () => {
  it("keeps to the rate that AWS accepts once AWS has throttled a call", async () => {
    const { config } = await aws("eu-west-1").cognito();

    expect(await config.retryStrategy()).toMatchObject({ mode: "adaptive" });
  });
});
