/**
 * Resource servers and their scopes. An update replaces name and scopes; a scope that is gone is in no new token, though
 * clients keep its name.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateResourceServer.html
 */
import { type Attributes, blocks, text } from "../../attributes";
import { AwsError } from "../../errors";
import { byHand, changeByHand, createByHand, removeByHand } from "../../resources/by-hand";
import { resourceServer } from "../../resources/cognito";
import { constraintError, optionalNumber, optionalStructures, optionalText, requiredText } from "./api-input";
import { pageOf } from "./api-pages";
import { type ApiOperation, type ApiPlace, type Json, present } from "./aws-api";
import { findUserPool } from "./cognito-pool-api";

const MOST_SERVERS = 50;
const MOST_SCOPES = 100;
const SCOPE_NAME = /^[\x21\x23-\x2E\x30-\x5B\x5D-\x7E]{1,256}$/;
const IDENTIFIER = /^[\x21\x23-\x5B\x5D-\x7E]{1,256}$/;
const NAME = /^[\w\s+=,.@-]{1,256}$/;

/** `CreateResourceServer`. */
export const createResourceServer: ApiOperation = (place, input) =>
  byHand(place, async () => {
    const given = {
      user_pool_id: text(findUserPool(place, input), "id"),
      identifier: requiredText(input, "Identifier", IDENTIFIER),
      name: requiredText(input, "Name", NAME),
      scope: readScopes(input),
    };
    return { ResourceServer: describe(await createByHand(resourceServer, place, given)) };
  });

/** `DescribeResourceServer`. */
export const describeResourceServer: ApiOperation = async (place, input) => ({
  ResourceServer: describe(findServer(place, input)),
});

/** `ListResourceServers`. */
export const listResourceServers: ApiOperation = async (place, input) => {
  const pool = findUserPool(place, input);
  const servers = place.account.list(resourceServer.type).filter(({ user_pool_id }) => user_pool_id === pool["id"]);
  const limit = optionalNumber(input, "MaxResults", 1, MOST_SERVERS) ?? MOST_SERVERS;
  const { items, next } = pageOf(servers, limit, optionalText(input, "NextToken"));
  return present({ ResourceServers: items.map(describe), NextToken: next });
};

/** `UpdateResourceServer`. */
export const updateResourceServer: ApiOperation = (place, input) =>
  byHand(place, async () => {
    const changes = { name: requiredText(input, "Name", NAME), scope: readScopes(input) };
    return { ResourceServer: describe(await changeByHand(resourceServer, place, findServer(place, input), changes)) };
  });

/** `DeleteResourceServer`. */
export const deleteResourceServer: ApiOperation = (place, input) =>
  byHand(place, () => {
    removeByHand(resourceServer, place, findServer(place, input));
    return {};
  });

function findServer(place: ApiPlace, input: Json): Attributes {
  const identifier = requiredText(input, "Identifier");
  const id = `${text(findUserPool(place, input), "id")}|${identifier}`;
  const found = place.account.get(resourceServer.type, `${place.region}/${id}`);
  if (found !== undefined) return found.attributes;
  throw new AwsError("ResourceNotFoundException", `Resource server ${identifier} does not exist.`);
}

/** Blocks of the scopes given; none when they are left out. */
function readScopes(input: Json): readonly Attributes[] {
  const scopes = optionalStructures(input, "Scopes") ?? [];
  if (scopes.length > MOST_SCOPES) {
    throw constraintError("Scopes", `Member must have length less than or equal to ${MOST_SCOPES}`, scopes.length);
  }
  const read = scopes.map((scope) => ({
    scope_name: requiredText(scope, "ScopeName", SCOPE_NAME),
    scope_description: requiredText(scope, "ScopeDescription", /^.{1,256}$/s),
  }));
  if (new Set(read.map(({ scope_name }) => scope_name)).size === read.length) return read;
  throw new AwsError("InvalidParameterException", "Scopes must have unique names.");
}

function describe(server: Attributes): Json {
  return {
    UserPoolId: text(server, "user_pool_id"),
    Identifier: text(server, "identifier"),
    Name: text(server, "name"),
    Scopes: blocks(server, "scope").map((scope) => ({
      ScopeName: text(scope, "scope_name"),
      ScopeDescription: text(scope, "scope_description"),
    })),
  };
}
