/** `npx access policy <which>`: the IAM policies of the roles that plan and deploy an environment, as JSON. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Argument, Command } from "commander";
import {
  limitsOf,
  othersReached,
  type PolicyOptions,
  PREVIEW_LIMITS,
  policyFor,
  policyValues,
} from "../operations/github/environment-policy";
import {
  actionsShape,
  filledIn,
  lengthOf,
  MAX_MANAGED_CHARACTERS,
  policyOf,
  type Role,
  type TrustedRole,
  trustOf,
} from "../operations/github/policies";
import { findEnvironment, packageFolder, projectModel } from "../platform/project";
import { print, warn } from "../platform/terminal";
import { runCommand, UsageError } from "../platform/user-error";

const ROLES = ["plan", "apply", "rotate", "boundary"] as const;

const TRUSTS: readonly TrustedRole[] = ["plan", "apply", "rotate"];

interface Options extends PolicyOptions {
  readonly env?: string;
}

export const command = new Command("policy")
  .description(
    "Prints an IAM policy of the roles that the workflows assume: for planning, for applying, for rotating secrets, and the trust policies of the roles (-trust); or the permissions boundary of the stack's own roles.",
  )
  .addArgument(new Argument("<which>", "policy").choices([...ROLES, ...TRUSTS.map((role) => `${role}-trust`)]))
  .option("--env <env>", "environment that the policy is limited to; if omitted, the policy has <placeholders>")
  .option("--account <id>", "AWS account, if access.yaml has no accountId")
  .option("--subject <text>", "subject of GitHub's OIDC tokens without its last part, such as repo:acme/access")
  .option("--preview", "print the policy for previews that are copied from the environment")
  .option("--tag <key>", "limit the use of user pools and APIs to those with the environment's tag of this key")
  .action((which: string, options: Options) => runCommand(async () => show(which, options)));

function show(which: string, { env, ...options }: Options): number {
  const trusted = TRUSTS.find((role) => which === `${role}-trust`);
  const role = ROLES.find((name) => which === name) ?? "plan";
  print(trusted === undefined ? permissions(role, env, options) : trust(trusted, env, options));
  return 0;
}

function permissions(role: Role, env: string | undefined, options: PolicyOptions): string {
  const file = join(packageFolder, ".github", "iam", "actions.json");
  const actions = actionsShape.parse(JSON.parse(readFileSync(file, "utf8")));
  if (env === undefined) {
    if (options.tag !== undefined) throw new UsageError("--tag requires --env, whose tag it is.");
    return filledIn(policyOf(role, actions, options.preview ? PREVIEW_LIMITS : {}), {});
  }
  const model = projectModel();
  const environment = findEnvironment(model, env);
  for (const other of options.preview ? [] : othersReached(model, environment)) {
    warn(
      `the names of environment "${other}" begin with ${environment.prefix}- as well, so this policy reaches its resources. Give one of them another domainPrefix, or deploy them to different accounts.`,
    );
  }
  const limits = role === "boundary" ? {} : limitsOf(environment, options);
  const policy = policyFor(policyOf(role, actions, limits), environment, policyValues(environment, options));
  const length = lengthOf(policy);
  if (length > MAX_MANAGED_CHARACTERS) {
    const limit = MAX_MANAGED_CHARACTERS.toLocaleString("en");
    warn(
      `the policy has ${length.toLocaleString("en")} characters; AWS allows ${limit} in a managed policy. Use an inline policy: aws iam put-role-policy`,
    );
  }
  return policy;
}

function trust(role: TrustedRole, env: string | undefined, options: PolicyOptions): string {
  if (env === undefined) return filledIn(trustOf(role), {});
  if (!/^repo:[^/*?<>\s]+\/[^/*?<>:\s]+$/.test(options.subject ?? "")) {
    throw new UsageError(
      "--subject is required for a trust policy: repo:<owner>/<name>, as the repository's settings show it.",
    );
  }
  return filledIn(trustOf(role), policyValues(findEnvironment(projectModel(), env), options));
}
