import { quietEnvironment, terraform } from "../../platform/terraform";

describe("quietEnvironment", () => {
  it.each([
    "TF_LOG",
    "TF_LOG_PATH",
    "TF_CLI_CONFIG_FILE",
    "TF_PLUGIN_CACHE_DIR",
    "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE",
    "TF_REGISTRY_DISCOVERY_RETRY",
    "TF_REGISTRY_CLIENT_TIMEOUT",
    "TF_REATTACH_PROVIDERS",
    "TF_TOKEN_app_terraform_io",
    "TF_CLOUD_HOSTNAME",
    "TF_STATE_PERSIST_INTERVAL",
    "AWS_PROFILE",
    "HTTPS_PROXY",
  ])("passes %s", (name) => {
    expect(quietEnvironment({ [name]: "value" })).toMatchObject({ [name]: "value" });
  });

  it.each([
    "TF_VAR_region",
    "TF_CLI_ARGS_plan",
    "TF_CLI_ARGS_init",
    "TF_AWS_DEFAULT_TAGS_team",
    "TF_BACKEND_CONFIG",
    "TF_FORCE_LOCAL_BACKEND",
    "TF_NOT_INVENTED_YET",
    "PLAN_PASSPHRASE",
    "GITHUB_TOKEN",
  ])("leaves %s out", (name) => {
    expect(quietEnvironment({ [name]: "-target=x" })).not.toHaveProperty(name);
  });

  it("sets its own arguments, and asks nothing", () => {
    expect(quietEnvironment({ TF_CLI_ARGS: "-target=x", TF_INPUT: "1", TF_IN_AUTOMATION: "" })).toEqual({
      TF_CLI_ARGS: "-no-color",
      TF_INPUT: "0",
      TF_IN_AUTOMATION: "1",
    });
  });

  it.each(["TF_WORKSPACE", "TF_DATA_DIR"])("refuses %s, unless it is empty", async (name) => {
    expect(() => quietEnvironment({ [name]: "other" })).toThrow(`${name} is set, so Terraform would use`);
    await expect(terraform(".", ["plan"], { [name]: "other" })).rejects.toThrow(`Run: unset ${name}`);
    expect(quietEnvironment({ [name]: "" })).not.toHaveProperty(name);
  });
});
