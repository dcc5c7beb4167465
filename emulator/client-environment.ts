/** What makes Terraform, cdktf, the AWS CLI, curl and others use an embedded AWS. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Environment of such a client: upper and lower case where clients differ, and credentials that cannot be mistaken for
 * real ones. `undefined` stands for a variable that must not be set.
 *
 * @param folder where an empty configuration is put, in place of whatever the user has
 * @param reattach value of `TF_REATTACH_PROVIDERS`
 */
export function environmentFor(folder: string, proxyUrl: string, reattach: string, certificateFile: string) {
  const terraformConfig = join(folder, "terraform.rc");
  writeFileSync(terraformConfig, "");
  const noProxy = "localhost,127.0.0.1,::1";
  return {
    TF_REATTACH_PROVIDERS: reattach,
    TF_CLI_CONFIG_FILE: terraformConfig,
    CHECKPOINT_DISABLE: "1",
    // Terraform collects garbage less often, which saves a sixth of its CPU time. No process of a provider gets larger by it.
    GOGC: process.env["GOGC"] ?? "400",
    CDKTF_SKIP_PROVIDER_LOCK: "true",
    // On a terminal, cdktf and npm look for newer versions of themselves; the proxy refuses, and npm retries for a minute.
    DISABLE_VERSION_CHECK: "1",
    npm_config_update_notifier: "false",
    NO_UPDATE_NOTIFIER: "1",
    HTTPS_PROXY: proxyUrl,
    https_proxy: proxyUrl,
    NO_PROXY: noProxy,
    no_proxy: noProxy,
    // Node's own fetch honours the proxy when it is configured to. Before Node 24, each process would print a warning.
    NODE_USE_ENV_PROXY: Number(process.versions.node.split(".")[0]) < 24 ? undefined : "1",
    NODE_EXTRA_CA_CERTS: certificateFile,
    AWS_CA_BUNDLE: certificateFile,
    CURL_CA_BUNDLE: certificateFile,
    REQUESTS_CA_BUNDLE: certificateFile,
    SSL_CERT_FILE: certificateFile,
    AWS_ACCESS_KEY_ID: "embedded-aws",
    AWS_SECRET_ACCESS_KEY: "embedded-aws",
    AWS_SESSION_TOKEN: undefined,
    AWS_PROFILE: undefined,
    AWS_DEFAULT_PROFILE: undefined,
    AWS_CONFIG_FILE: terraformConfig,
    AWS_SHARED_CREDENTIALS_FILE: terraformConfig,
    AWS_EC2_METADATA_DISABLED: "true",
  };
}
