/** `npx access handout <client>`: what the team of a client needs to call the API. */
import { Command } from "commander";
import { rotateAfterDaysOf } from "../access/access-model";
import { readDeployedStateOf } from "../operations/deployed/deployment";
import { handoutOf } from "../operations/handout/handout";
import { handoutMarkdown } from "../operations/handout/handout-text";
import { findEnvironment, projectModel } from "../platform/project";
import { print, printJson, say } from "../platform/terminal";
import { runCommand } from "../platform/user-error";
import { localDeployment } from "./embedded-aws/local-url";

interface Options {
  readonly local?: true;
  readonly json?: true;
}

export const command = new Command("handout")
  .description(
    "Prints what the team of a client needs to call the API, as Markdown: token URL, client id, scopes, routes, where the secret is, and code for curl, Node.js, Python, Go and Java. Holds no secret.",
  )
  .argument("<client>", "name of the client in access.yaml")
  .argument("[env]", "environment; required if access.yaml has more than one")
  .option("--local", "URLs of the embedded AWS's port for callers without a proxy; run it with npx access local")
  .option("--json", "print it as JSON")
  .action((client: string, env: string | undefined, options: Options) =>
    runCommand(() => handout(client, env, options)),
  );

async function handout(client: string, env: string | undefined, { local, json }: Options): Promise<number> {
  const model = projectModel();
  const environment = findEnvironment(model, env);
  const { name } = environment;
  const { deployment, state } = await readDeployedStateOf(name, { names: [client], model });
  const written = model.clients.find((one) => one.name === client);
  const rotateAfterDays = written && rotateAfterDaysOf(environment, written);
  const found = handoutOf(
    client,
    local ? localDeployment(deployment) : deployment,
    state,
    written && { ...written, rotateAfterDays },
  );
  if (json) printJson(found);
  else print(handoutMarkdown(found));
  if (found.secret === null) {
    say(
      `Terraform's state has the only copy of the secret. To store it where the service can read it, give the client "secret: { readers: [<ARN of its role>] }" in access.yaml.`,
    );
  }
  return 0;
}
