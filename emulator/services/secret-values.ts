/** Values that the account holds as secrets: those of clients, of API keys, of Secrets Manager and of SecureStrings. */
import type { Account } from "../account/account";
import { apiKeys } from "./apigateway/api-key";
import { clients } from "./cognito/records";
import { secrets } from "./secretsmanager/records";
import { parameters } from "./ssm/parameter";

/** All of them, which may come twice. */
export function secretValues(account: Account): readonly string[] {
  const records = <T>(found: readonly { readonly record: T }[]) => found.map(({ record }) => record);
  return [
    ...records(clients.listEverywhere(account)).flatMap((client) => client.secrets.map(({ value }) => value)),
    ...records(apiKeys.listEverywhere(account)).flatMap(({ value }) => value ?? []),
    ...records(secrets.listEverywhere(account)).flatMap(({ versions }) => versions.flatMap(({ text }) => text ?? [])),
    ...records(parameters.listEverywhere(account)).flatMap(({ Type, Value }) => (Type === "SecureString" ? Value : [])),
  ];
}
