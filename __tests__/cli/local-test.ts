import { isAgreed, reportsMistakes } from "../../cli/local";

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

describe("mistakes of access.yaml", () => {
  it.each([
    ["npx access deploy dev", true],
    ["node cli/access.cjs drift", true],
    ["npx access destroy dev --yes", false],
    ["npx access kill shop dev", false],
    ["npx cdktf diff dev", false],
    ["bash", false],
  ])("are reported by %s itself: %s", (command, expected) => {
    expect(reportsMistakes(command.split(" "))).toBe(expected);
  });
});
