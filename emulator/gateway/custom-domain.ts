/**
 * Custom domains: of a user pool's token endpoint, or of APIs, where a part of the path chooses the stage.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-custom-domains.html
 */
import type { Account } from "../account/account";
import { refusedBy, withDecisionTrail } from "../protocols/decision-trail";
import type { HttpRequest, HttpResponse } from "../protocols/http";
import {
  type DomainNameRecord,
  domainNames,
  type MappingRecord,
  mappings,
  NO_BASE_PATH,
} from "../services/apigateway/records";
import { findPoolByCustomDomain } from "../services/cognito/pool-hosts";
import { findStage, newIds } from "./execute-api";
import { refuse } from "./gateway-response";
import type { Answered, FoundStage, StageCall } from "./stage-call";

/** Whether the host is a domain of a user pool or an API. */
export function isCustomHost(account: Account, host: string): boolean {
  return findPoolByCustomDomain(account, host) !== undefined || findApiDomain(account, host) !== undefined;
}

/** A custom domain of APIs. */
export interface ApiDomain {
  readonly region: string;
  readonly record: DomainNameRecord;
}

/** The API's domain of that name, or `undefined`. */
export function findApiDomain(account: Account, host: string): ApiDomain | undefined {
  return domainNames.listEverywhere(account).find(({ record }) => record.domainName === host);
}

/** Answers a request to an API's domain. */
export async function answerApiDomain(
  account: Account,
  domain: ApiDomain,
  request: HttpRequest,
  answer: (call: StageCall) => Promise<Answered>,
): Promise<HttpResponse> {
  const ids = newIds(account, request);
  const target = findTarget(account, domain, request.path);
  if (target === undefined) {
    const why = refusedBy("stage", `no stage is mapped to this path of the domain ${domain.record.domainName}`);
    return withDecisionTrail(refuse({ type: "ACCESS_DENIED" }, ids, []), why);
  }
  return (await answer({ ...target, request, ids })).response;
}

type Target = FoundStage & Pick<StageCall, "path" | "basePath">;

/** The stage of the mapping for the first part of the path or, without one, of the mapping for every path. */
function findTarget(account: Account, { region, record }: ApiDomain, path: string): Target | undefined {
  const [beforeFirst, first = ""] = path.split("/");
  if (beforeFirst !== "") return undefined;
  const mappedTo = (basePath: string) => mappings.get({ account, region }, `${record.domainName}/${basePath}`);
  const own = first === "" ? undefined : mappedTo(first);
  if (own !== undefined) return stageOf(account, own, region, `/${first}`, path.slice(first.length + 1));
  const forAll = mappedTo(NO_BASE_PATH);
  return forAll && stageOf(account, forAll, region, "", path);
}

/** Without a stage in the mapping, the caller names one, as under the API's own host. */
function stageOf(
  account: Account,
  mapping: MappingRecord,
  region: string,
  basePath: string,
  rest: string,
): Target | undefined {
  const mapped = mapping.stage;
  const named = mapped ?? rest.split("/")[1] ?? "";
  const found = findStage(account, region, mapping.restApiId, named);
  if (found === undefined) return undefined;
  return { ...found, basePath, path: mapped === undefined ? rest.slice(named.length + 1) : rest };
}
