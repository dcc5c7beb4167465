/** `npx access policy <which>`: the IAM policies of the roles that plan and deploy an environment, as JSON. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Argument, Command } from "commander";
import {
  actionsShape,
  filledIn,
  type PolicyOptions,
  policyFor,
  policyOf,
  policyValues,
  type Role,
  trustOf,
} from "../operations/github/policies";
import { findEnvironment, packageFolder, projectModel } from "../platform/project";
import { runCommand, UsageError } from "../platform/user-error";

const WHICH = ["plan", "apply", "rotate", "plan-trust", "apply-trust"];

const ROLES = ["plan", "apply", "rotate"] as const;

interface Options extends PolicyOptions {
  readonly env?: string;
}

export const command = new Command("policy")
  .description(
    "Prints an IAM policy of the roles that the workflows assume: for planning, for applying, for rotating a secret, and the trust policies of the roles (-trust).",
  )
  .addArgument(new Argument("<which>", "policy").choices(WHICH))
  .option("--env <env>", "environment that the policy is limited to; if omitted, the policy has <placeholders>")
  .option("--account <id>", "AWS account, if access.yaml has no accountId")
  .option("--subject <text>", "subject of GitHub's OIDC tokens without its last part, such as repo:acme/access")
  .option("--preview", "print the policy for previews that are copied from the environment")
  .action((which: string, options: Options) => runCommand(async () => print(which, options)));

function print(which: string, { env, ...options }: Options): number {
  const [role, isTrust] = [ROLES.find((name) => which.startsWith(name)) ?? "plan", which.endsWith("-trust")];
  const isRotation = role === "rotate";
  process.stdout.write(`${isTrust && !isRotation ? trust(role, env, options) : permissions(role, env, options)}\n`);
  return 0;
}

function permissions(role: Role, env: string | undefined, options: PolicyOptions): string {
  const file = join(packageFolder, ".github", "iam", "actions.json");
  const policy = policyOf(role, actionsShape.parse(JSON.parse(readFileSync(file, "utf8"))));
  if (env === undefined) return filledIn(policy, {});
  const environment = findEnvironment(projectModel(), env);
  return policyFor(policy, environment, policyValues(environment, options));
}

function trust(role: "plan" | "apply", env: string | undefined, options: PolicyOptions): string {
  if (env === undefined) return filledIn(trustOf(role), {});
  if (!/^repo:[^/*?<>\s]+\/[^/*?<>:\s]+$/.test(options.subject ?? "")) {
    throw new UsageError(
      "--subject is required for a trust policy: repo:<owner>/<name>, as the repository's settings show it.",
    );
  }
  return filledIn(trustOf(role), policyValues(findEnvironment(projectModel(), env), options));
}
