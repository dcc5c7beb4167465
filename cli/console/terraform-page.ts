/** What Terraform manages, and what was changed out of band, as drift reports it. */

import { type DriftReport, ignoreNotes, undosOf } from "../../operations/drift/drift-text";
import type { StateResource } from "../../operations/plan-file/state-json";
import { type Html, html } from "../../platform/html";
import { copyable } from "../../platform/local-command";
import { counted } from "../../platform/markdown";
import { quoted } from "../../platform/shell";
import type { DeployedEnvironment } from "./deployed";
import { code, sameAs, table } from "./layout";

/** A comparison, and when it was made. */
export interface Comparison {
  readonly time: number;
  readonly report: DriftReport;
}

export function terraformPage(
  { resources, region, deployment }: DeployedEnvironment,
  comparison: Comparison | undefined,
): Html {
  const { environment } = deployment;
  const sorted = resources.toSorted((a, b) => (a.address < b.address ? -1 : 1));
  return html`<form method="post" action="drift" class="form inline" data-busy="Comparing …"><input type="hidden" name="env" value="${environment}">
<button type="submit" class="primary">Compare now</button> <span class="muted">takes some seconds, and changes nothing</span></form>
${comparison !== undefined && comparisonPart(comparison)}
<h2>Managed by Terraform</h2>
${table(
  "Resources of the state",
  ["Resource", "Id on AWS"],
  sorted.map((resource) => [
    html`<code class="value">${resource.address}</code>${cliPart(resource, region)}`,
    html`<code class="value">${String(resource.values["id"] ?? "")}</code>`,
  ]),
)}
${sameAs([
  ["npx access", copyable(`npx access drift ${environment}`)],
  ["Terraform", `npx access local terraform -chdir=.local/cdktf.out/stacks/${environment} state list`],
])}`;
}

function comparisonPart({ time, report }: Comparison): Html {
  const { isClean, findings, remedies, notChecked } = report;
  const undos = undosOf(findings);
  const at = html`<time datetime="${new Date(time).toISOString()}">${new Date(time).toISOString().slice(11, 19)} UTC</time>`;
  const notes = ignoreNotes(report).map((note) => html`<p class="note">${note}</p>`);
  const others = notChecked.length === 0 ? "" : ` Kinds of resources that were not checked: ${notChecked.length}.`;
  if (isClean) {
    return html`<p class="note good" role="status"><strong>No drift</strong> at ${at}: AWS matches the code and the Terraform state.${others}</p>${notes}`;
  }
  return html`<p class="note alert" role="status"><strong>${counted(findings.length, "difference")}</strong> at ${at}.${others}</p>
${[...new Set(findings.map(({ address }) => address))].map((address) => differencesOf(address, findings))}
${Object.entries(remedies).map(([verdict, remedy]) => html`<p><strong>${verdict}:</strong> ${remedy}</p>`)}
${undos.length > 0 && code("No deployment undoes this; these commands do", undos.map((undo) => copyable(undo)).join("\n"))}${notes}`;
}

function differencesOf(address: string, findings: DriftReport["findings"]): Html {
  const own = findings.filter((finding) => finding.address === address);
  const effects = new Set(own.flatMap(({ effect }) => effect ?? []));
  return html`<h3><code class="value">${address}</code></h3>${[...effects].map((effect) => html`<p class="alarm">${effect}</p>`)}
${table(
  `Differences of ${address}`,
  ["Attribute", "Expected", "Found", "Verdict"],
  own.map(({ attribute, expected, found, verdict }) => [
    attribute === null ? "the whole resource" : html`<code class="nowrap">${attribute}</code>`,
    html`<code class="value">${expected}</code>`,
    html`<code class="value">${found}</code>`,
    html`<code class="nowrap">${verdict}</code>`,
  ]),
)}`;
}

/** Commands of the AWS CLI that show a resource, by its type; `{name}` is an attribute of the state. */
const SHOW: Readonly<Record<string, string>> = {
  aws_api_gateway_authorizer: "apigateway get-authorizer --rest-api-id {rest_api_id} --authorizer-id {id}",
  aws_api_gateway_deployment: "apigateway get-deployment --rest-api-id {rest_api_id} --deployment-id {id}",
  aws_api_gateway_method:
    "apigateway get-method --rest-api-id {rest_api_id} --resource-id {resource_id} --http-method {http_method}",
  aws_api_gateway_resource: "apigateway get-resource --rest-api-id {rest_api_id} --resource-id {id}",
  aws_api_gateway_rest_api: "apigateway get-rest-api --rest-api-id {id}",
  aws_api_gateway_stage: "apigateway get-stage --rest-api-id {rest_api_id} --stage-name {stage_name}",
  aws_cloudwatch_log_group: "logs describe-log-groups --log-group-name-prefix {name}",
  aws_cognito_resource_server:
    "cognito-idp describe-resource-server --user-pool-id {user_pool_id} --identifier {identifier}",
  aws_cognito_user_pool: "cognito-idp describe-user-pool --user-pool-id {id}",
  aws_cognito_user_pool_client: "cognito-idp describe-user-pool-client --user-pool-id {user_pool_id} --client-id {id}",
  aws_cognito_user_pool_domain: "cognito-idp describe-user-pool-domain --domain {domain}",
  aws_iam_role: "iam get-role --role-name {name}",
  aws_lambda_function: "lambda get-function --function-name {function_name}",
  aws_lambda_permission: "lambda get-policy --function-name {function_name}",
  aws_secretsmanager_secret: "secretsmanager describe-secret --secret-id {arn}",
};

function cliPart({ type, values }: StateResource, region: string): Html | false {
  const command = SHOW[type]?.replace(/\{(\w+)\}/g, (_whole, name: string) => quoted(String(values[name] ?? "")));
  return (
    command !== undefined &&
    html`<details class="more"><summary>AWS CLI</summary><code class="value">aws ${command} --region ${region}</code></details>`
  );
}
