/**
 * Passwords drawn at random.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html
 */
import type * as sdk from "@aws-sdk/client-secrets-manager";
import type { OperationContext } from "../../protocols/service";
import type { Wire } from "../../protocols/values";
import { invalidParameter } from "./secret";

const DEFAULT_LENGTH = 32;

/** Of every kind of characters there is one at least, unless that is not required. */
export function getRandomPassword({ account }: OperationContext, input: Wire<sdk.GetRandomPasswordRequest>) {
  const { PasswordLength: length = DEFAULT_LENGTH, ExcludeCharacters: excluded = "", IncludeSpace } = input;
  const isExcluded = (character: string) => excluded.includes(character);
  const kinds = [
    input.ExcludeLowercase === true ? "" : "abcdefghijklmnopqrstuvwxyz",
    input.ExcludeUppercase === true ? "" : "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    input.ExcludeNumbers === true ? "" : "0123456789",
    input.ExcludePunctuation === true ? "" : "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
    IncludeSpace === true ? " " : "",
  ]
    .map((kind) => [...kind].filter((character) => !isExcluded(character)).join(""))
    .filter((kind) => kind !== "");
  const required = input.RequireEachIncludedType === false ? [] : kinds;
  if (kinds.length === 0 || required.length > length) {
    // Wording unconfirmed.
    throw invalidParameter("The password length or the included character types are too restrictive.");
  }
  const drawn = [...required, ...Array<string>(length - required.length).fill(kinds.join(""))];
  // Each kind's character stands anywhere: a key drawn for each character orders them.
  const RandomPassword = drawn
    .map((alphabet) => [account.randomId(8), account.randomId(1, alphabet)] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, character]) => character)
    .join("");
  return { RandomPassword };
}
