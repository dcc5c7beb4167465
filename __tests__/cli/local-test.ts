import { isAgreed } from "../../cli/local";

describe("the download of Terraform, before the command runs", () => {
  it.each([
    ["npx access deploy dev --yes", true],
    ["npx access deploy -y dev", true],
    ["node cli/access.cjs destroy dev --yes", true],
    ["npx access deploy dev", false],
    ["npx --yes access deploy dev", false],
    ["apt-get install --yes jq", false],
  ])("with %s is agreed to: %s", (command, expected) => {
    expect(isAgreed(command.split(" "))).toBe(expected);
  });
});
