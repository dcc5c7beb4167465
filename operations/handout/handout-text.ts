/** A handout as Markdown, which can be read in a terminal as well. */
import { code, codes, commandCode, counted, prose, table } from "../../platform/markdown";
import { quoted } from "../../platform/shell";
import { curlForToken, SECRET_VARIABLE } from "./code-samples";
import type { Handout, SecretPlace } from "./handout";

/** The handout. Does not end with a line break. */
export function handoutMarkdown(handout: Handout): string {
  const { client, environment, scopes, tokenUrl, exampleRoute } = handout;
  const about = [
    `# Calling the API as ${code(client)}`,
    "",
    ...table(
      ["", ""],
      [
        ["environment", code(environment)],
        ...(handout.owner === null ? [] : [["owner", prose(handout.owner)]]),
        ...(handout.purpose === null ? [] : [["purpose", prose(handout.purpose)]]),
        ["token URL", tokenUrl === undefined ? "none" : commandCode(tokenUrl)],
        ["client id", code(handout.clientId)],
        ["scopes", scopes.length === 0 ? "none" : codes(scopes)],
        ["secret", handout.secret === null ? "not in a secret store" : `Secrets Manager, ${code(handout.secret.name)}`],
        ["a token is valid for", durationText(handout.tokenSeconds)],
        ...(handout.expires === null ? [] : [["the client gets no tokens after", handout.expires]]),
        ...handout.scopeEnds.map(({ scope, until }) => [`${code(scope)} ends after`, until]),
      ],
    ),
  ];
  if (tokenUrl === undefined) {
    return [...about, "", "This client cannot get tokens at present. Ask the team that runs the API."].join("\n");
  }
  return [
    ...about,
    ...routesOf(handout),
    ...secretSection(handout.secret),
    ...tokenSection(handout),
    ...codeSection({ ...handout, tokenUrl }),
    ...(exampleRoute === undefined ? [] : REFUSALS),
  ].join("\n");
}

function routesOf({ routes }: Handout): readonly string[] {
  const rows = routes.map(({ route, url, scopes }) => [
    code(route),
    commandCode(url),
    scopes.length === 0 ? "no token needed" : codes(scopes),
  ]);
  const none = "This client can get a token, but no route of this API accepts it.";
  return ["", "## Routes", "", ...(rows.length === 0 ? [none] : table(["route", "URL", "any of the scopes"], rows))];
}

function secretSection(secret: SecretPlace | null): readonly string[] {
  const variable = `The commands and programs below read the secret from the environment variable ${code(SECRET_VARIABLE)}.`;
  const rules = "Never put it into code, a repository, a log or a ticket.";
  if (secret === null) {
    const how = "The secret is not in a secret store: the team that runs the API sends it over a confidential channel.";
    const line = `read -rs ${SECRET_VARIABLE} && export ${SECRET_VARIABLE}`;
    return ["", "## Secret", "", `${variable} ${rules}`, "", how, ...fence("bash", line)];
  }
  const { name, region, readers } = secret;
  const who = readers.length === 0 ? "" : ` These may read it: ${codes(readers)}.`;
  const how = `AWS Secrets Manager has it in ${code(name)} (${code(region)}), as JSON with the keys \`client_id\`, \`client_secret\`, \`token_url\` and \`scope\`.${who}`;
  const command = [
    `export ${SECRET_VARIABLE}="$(aws secretsmanager get-secret-value --region ${quoted(region)}`,
    `--secret-id ${quoted(secret.arn)} --query SecretString --output text | jq --raw-output .client_secret)"`,
  ].join(" \\\n  ");
  return ["", "## Secret", "", `${variable} ${rules}`, "", how, ...fence("sh", command)];
}

function tokenSection({
  tokenSeconds,
  renewBeforeSeconds,
  secret,
  tokenCacheUrl,
  rotateAfterDays,
}: Handout): readonly string[] {
  const source =
    secret === null ? "The team that runs the API sends the new one" : "Read it from Secrets Manager again";
  return [
    "",
    "## Tokens and rotation",
    "",
    `- Keep a token for ${durationText(tokenSeconds - renewBeforeSeconds)}, and use it for all calls until then. Each token is paid for, and Cognito limits token requests.`,
    "- Do not keep it in a file. Several instances of a service need not share one.",
    ...(tokenCacheUrl === undefined
      ? []
      : [
          `- A token cache answers as the token URL does: ${commandCode(tokenCacheUrl)}. Send the credentials with HTTP Basic authentication, and \`scope\` in the query string.`,
        ]),
    ...(rotateAfterDays === null ? [] : [`- The secret is rotated every ${counted(rotateAfterDays, "day")}.`]),
    `- The client id stays when the secret is rotated. The old and the new secret are valid until the rotation is finished. ${source}.`,
  ];
}

/** Title, language of the code block, and what it needs. */
const PROGRAMS = [
  [
    "ts",
    "Node.js",
    "Node.js 20 or later. Copy the folder `client/` of this project beside `call.ts`: `npx tsx call.ts`",
  ],
  ["python", "Python", "`pip install authlib requests`"],
  ["go", "Go", "`go get golang.org/x/oauth2`"],
  ["java", "Java", "Java 11 or later, with `com.nimbusds:oauth2-oidc-sdk` 11, in `Call.java`"],
] as const;

function codeSection(handout: Handout & { readonly tokenUrl: string }): readonly string[] {
  const { code: samples, exampleRoute } = handout;
  if (samples === undefined || exampleRoute === undefined) {
    return ["", "## curl", "", "Prints a token:", ...fence("sh", curlForToken(handout))];
  }
  const parameters = exampleRoute.includes("{") ? " with 1 for each parameter of the path" : "";
  return [
    "",
    "## curl",
    "",
    `Gets a token and calls ${code(exampleRoute)}${parameters}. It needs curl 7.76 or later and jq.`,
    ...fence("sh", samples.sh),
    ...PROGRAMS.flatMap(([language, title, needs]) => [
      "",
      `## ${title}`,
      "",
      `${needs}.`,
      ...fence(language, samples[language]),
    ]),
  ];
}

const REFUSALS: readonly string[] = [
  "",
  "## Refusals",
  "",
  ...table(
    ["response", "meaning"],
    [
      ["400 `invalid_client`", "The id or the secret is wrong. Read the secret again."],
      ["400 `invalid_scope`", "The client does not have a scope that was requested."],
      ["401", "The token is missing or has expired, or has none of the scopes of the route."],
      ["403", "The function does not accept this client, or there is no such route."],
      ["429, 503", "Try again later, with exponential backoff."],
    ],
  ),
];

/** A code block, whose fence no line of it can end. */
function fence(language: string, text: string): readonly string[] {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const ticks = "`".repeat(longest + 1);
  return ["", `${ticks}${language}`, text, ticks];
}

function durationText(seconds: number): string {
  return seconds % 60 === 0 ? counted(seconds / 60, "minute") : counted(seconds, "second");
}
