/**
 * Secrets of an app client: a second one beside the first, so that its callers change over without a pause.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AddUserPoolClientSecret.html
 */
import { text } from "../../attributes";
import { AwsError } from "../../errors";
import { byHand } from "../../resources/by-hand";
import { replaceSecrets } from "../../resources/cognito";
import { type ClientSecret, drawSecret, secretsOf, withAnother, without } from "../../resources/cognito-client-secrets";
import { optionalText, requiredText } from "./api-input";
import { type ApiOperation, type Json, present } from "./aws-api";
import { findClient } from "./cognito-client-api";

const OWN_SECRET = /^[A-Za-z0-9_+]{24,64}$/;

/** `AddUserPoolClientSecret`; a secret of Cognito's making is in the answer, one that was brought along is not. */
export const addUserPoolClientSecret: ApiOperation = (place, input) =>
  byHand(place, () => {
    const client = findClient(place, input);
    const own = ownSecret(input);
    const secrets = withAnother(client, own ?? drawSecret(place.account), place.account.now());
    replaceSecrets(place.account, client, secrets);
    const [added] = secrets.slice(-1).map((secret) => descriptor(input, secret, own === undefined ? secret : {}));
    return { ClientSecretDescriptor: added };
  });

/** `ListUserPoolClientSecrets`; it tells no secret. */
export const listUserPoolClientSecrets: ApiOperation = async (place, input) => ({
  ClientSecrets: secretsOf(findClient(place, input)).map((secret) => descriptor(input, secret)),
});

/** `DeleteUserPoolClientSecret`. */
export const deleteUserPoolClientSecret: ApiOperation = (place, input) =>
  byHand(place, () => {
    const client = findClient(place, input);
    const [clientId, createdAt, ...others] = requiredText(input, "ClientSecretId").split("--");
    const isOfClient = clientId === text(client.attributes, "id") && others.length === 0;
    replaceSecrets(place.account, client, without(client, isOfClient ? Number(createdAt) : Number.NaN));
    return {};
  });

/** The secret that was brought along. Other than with other members, what is wrong with it is told without it. */
function ownSecret(input: Json): string | undefined {
  const value = optionalText(input, "ClientSecret");
  if (value === undefined || OWN_SECRET.test(value)) return value;
  throw new AwsError(
    "InvalidParameterException",
    "1 validation error detected: Value at 'clientSecret' failed to satisfy constraint: Member must be 24 to 64 characters and satisfy regular expression pattern: [\\w+]+",
  );
}

/** What is told of a secret; its id is `<client id>--<milliseconds since 1970>`. */
function descriptor(input: Json, { createdAt }: ClientSecret, told: Partial<ClientSecret> = {}): Json {
  return present({
    ClientSecretId: `${requiredText(input, "ClientId")}--${createdAt}`,
    ClientSecretValue: told.value,
    ClientSecretCreateDate: createdAt / 1000,
  });
}
