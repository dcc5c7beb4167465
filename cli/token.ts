/** `npx access token <client>`: a client's access token, its claims, or its credentials. */
import { Command, Option } from "commander";
import pc from "picocolors";
import {
  type ClientCredentials,
  credentialsOf,
  type Deployment,
  readDeploymentOf,
} from "../operations/deployed/deployment";
import { checkToken } from "../operations/deployed/token-check";
import { basicCredentials, requireToken, tokenCurl } from "../operations/deployed/token-request";
import { jsonText } from "../platform/json";
import { findEnvironment, projectModel } from "../platform/project";
import { print, say } from "../platform/terminal";
import { runCommand } from "../platform/user-error";
import { localUrl } from "./embedded-aws/local-url";
import { optionAlias, requestedScopes } from "./option-alias";

interface TokenOptions {
  readonly env?: string;
  readonly scope?: string;
  readonly decode?: true;
  readonly basic?: true;
  readonly raw?: true;
  readonly curl?: true;
  readonly local?: true;
}

export const command = new Command("token")
  .description("Gets an access token for a client with the client credentials grant, and prints the response as JSON.")
  .argument("<client>", "name of the client in access.yaml")
  .option("-e, --env <name>", "environment; required if access.yaml has more than one")
  .option("-s, --scope <scopes>", "scopes to request, separated by spaces (default: all scopes of the client)")
  .addOption(optionAlias("--scopes <scopes>", "scope").argParser(requestedScopes))
  .addOption(
    new Option("--decode", "print the token's header and claims, checked against the pool's JWKS").conflicts([
      "basic",
      "curl",
      "raw",
    ]),
  )
  .addOption(new Option("--basic", "print base64(id:secret), for the Authorization header").conflicts(["curl", "raw"]))
  .addOption(new Option("--raw", "print the access token alone, for a script").conflicts("curl"))
  .option("--curl", "print the same request as a curl command, with the secret")
  .option("--local", "with --curl: the URL of the embedded AWS's port for callers without a proxy")
  .action((client: string, options: TokenOptions) => runCommand(() => token(client, options)));

async function token(client: string, options: TokenOptions): Promise<number> {
  const model = projectModel();
  const { name } = findEnvironment(model, options.env);
  const deployment = await readDeploymentOf(name, { names: [client], model });
  const credentials = credentialsOf(deployment, client);
  print(await describe(deployment, credentials, options));
  return 0;
}

async function describe(
  deployment: Deployment,
  credentials: ClientCredentials,
  options: TokenOptions,
): Promise<string> {
  if (options.basic) return basicCredentials(credentials);
  if (options.curl)
    return tokenCurl(
      options.local ? localUrl(deployment.tokenUrl) : deployment.tokenUrl,
      basicCredentials(credentials),
      options.scope,
    );
  const answer = await requireToken(deployment, credentials, options.scope);
  if (options.raw) return answer.access_token;
  if (!options.decode) return jsonText(answer);
  const { header, claims, jwksUrl, note } = await checkToken(answer.access_token, deployment.issuer);
  say(`Signature, issuer and expiry were checked against ${jwksUrl}`);
  if (note !== undefined) say(`${pc.yellow("note:")} ${note}.`);
  return jsonText({ header, claims });
}
