/** Programs that get a token and call a route, for the caller's team. They read the secret from {@link SECRET_VARIABLE}. */
import { quoted } from "../../platform/shell";
import { tokenRequestBody } from "../deployed/token-request";
import { type Language, literal } from "./literals";

/** Environment variable with the client's secret. */
export const SECRET_VARIABLE = "CLIENT_SECRET";

/** What the programs do. */
export interface SampleCall {
  readonly tokenUrl: string;
  readonly clientId: string;
  /** Full names; at least one. */
  readonly scopes: readonly string[];
  readonly method: string;
  readonly url: string;
}

/** Programs by the language of their code blocks. */
export interface CodeSamples {
  readonly sh: string;
  readonly ts: string;
  readonly python: string;
  readonly go: string;
  readonly java: string;
}

const WITH_BODY = ["POST", "PUT", "PATCH"];

/** The programs. None ends with a line break. */
export function codeSamples(call: SampleCall): CodeSamples {
  return { sh: curl(call), ts: node(call), python: python(call), go: go(call), java: java(call) };
}

/** The command that prints a client's access token; it needs `jq`. */
export function curlForToken({ tokenUrl, clientId, scopes }: Omit<SampleCall, "method" | "url">): string {
  return [
    `curl --silent --show-error --fail-with-body ${quoted(tokenUrl)}`,
    `--user ${quoted(clientId)}:"$${SECRET_VARIABLE}"`,
    `--data ${quoted(tokenRequestBody(scopes.join(" ")))} | jq --raw-output .access_token`,
  ].join(" \\\n  ");
}

function curl(call: SampleCall): string {
  const { method, url } = call;
  const body = WITH_BODY.includes(method) ? ["--header 'Content-Type: application/json'", "--data '{}'"] : [];
  const request = method === "HEAD" ? "--head" : `--request ${method}`;
  const lines = [
    `curl --silent --show-error --fail-with-body ${request} ${quoted(url)}`,
    '--header "Authorization: Bearer $token"',
    ...body,
  ];
  return [`token="$(${curlForToken(call)})"`, lines.join(" \\\n  ")].join("\n");
}

/** The call's texts as literals. */
function literals(call: SampleCall, language: Language) {
  const write = (text: string) => literal(text, language);
  return {
    tokenUrl: write(call.tokenUrl),
    clientId: write(call.clientId),
    scopes: call.scopes.map(write),
    scope: write(call.scopes.join(" ")),
    method: write(call.method),
    url: write(call.url),
    hasBody: WITH_BODY.includes(call.method),
  };
}

function node(call: SampleCall): string {
  const { tokenUrl, clientId, scopes, method, url, hasBody } = literals(call, "javascript");
  const body = hasBody ? '\n    headers: { "Content-Type": "application/json" },\n    body: "{}",' : "";
  return `import { MachineClient } from "./client/machine-client";

// Keep one client: it keeps the token, and requests another one before it expires.
const client = new MachineClient({
  tokenUrl: ${tokenUrl},
  clientId: ${clientId},
  clientSecret: process.env.${SECRET_VARIABLE} ?? "",
  scopes: [${scopes.join(", ")}],
});

async function main() {
  const response = await client.fetch(${url}, {
    method: ${method},${body}
    signal: AbortSignal.timeout(10_000),
  });
  console.log(response.status, await response.text());
}

main();`;
}

/** @see https://docs.authlib.org/en/latest/client/oauth2.html */
function python(call: SampleCall): string {
  const { tokenUrl, clientId, scope, method, url, hasBody } = literals(call, "python");
  return `import os

from authlib.integrations.requests_client import OAuth2Session

# Keep one session: it keeps the token, and requests another one a minute before it expires.
session = OAuth2Session(
    client_id=${clientId},
    client_secret=os.environ["${SECRET_VARIABLE}"],
    token_endpoint=${tokenUrl},
    token_endpoint_auth_method="client_secret_basic",
    scope=${scope},
    leeway=60,
)
session.fetch_token()
response = session.request(${method}, ${url}, ${hasBody ? "json={}, " : ""}timeout=10)
print(response.status_code, response.text)`;
}

/**
 * Credentials are sent in the body: in the header, the library form-urlencodes them, which Cognito does not decode.
 *
 * @see https://pkg.go.dev/golang.org/x/oauth2/clientcredentials
 */
function go(call: SampleCall): string {
  const { tokenUrl, clientId, scopes, method, url, hasBody } = literals(call, "go");
  return `package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
${hasBody ? '\t"strings"\n' : ""}	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

func main() {
	config := clientcredentials.Config{
		ClientID:     ${clientId},
		ClientSecret: os.Getenv("${SECRET_VARIABLE}"),
		TokenURL:     ${tokenUrl},
		Scopes:       []string{${scopes.join(", ")}},
		AuthStyle:    oauth2.AuthStyleInParams,
	}
	// Keep one client: it keeps the token, and requests another one before it expires.
	client := config.Client(context.Background())

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, ${method}, ${url}, ${hasBody ? 'strings.NewReader("{}")' : "nil"})
	if err != nil {
		log.Fatal(err)
	}
${hasBody ? '\trequest.Header.Set("Content-Type", "application/json")\n' : ""}	response, err := client.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.StatusCode, string(body))
}`;
}

/**
 * Credentials are sent in the body, for the same reason as in Go.
 *
 * @see https://connect2id.com/products/nimbus-oauth-openid-connect-sdk/examples/oauth/token-request
 */
function java(call: SampleCall): string {
  const { tokenUrl, clientId, scopes, method, url, hasBody } = literals(call, "java");
  const body = hasBody ? 'BodyPublishers.ofString("{}")' : "BodyPublishers.noBody()";
  return `import com.nimbusds.oauth2.sdk.ClientCredentialsGrant;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;

public final class Call {
  private static String token;
  private static Instant renewAt = Instant.EPOCH;

  /** Keeps the token, and requests another one before it expires. */
  static synchronized String token() throws Exception {
    if (Instant.now().isBefore(renewAt)) return token;
    Instant requestedAt = Instant.now();
    HTTPRequest request = new TokenRequest(
        URI.create(${tokenUrl}),
        new ClientSecretPost(new ClientID(${clientId}), new Secret(System.getenv("${SECRET_VARIABLE}"))),
        new ClientCredentialsGrant(),
        new Scope(${scopes.join(", ")})).toHTTPRequest();
    request.setConnectTimeout(10_000);
    request.setReadTimeout(10_000);
    TokenResponse response = TokenResponse.parse(request.send());
    if (!response.indicatesSuccess()) {
      throw new IOException("no token: " + response.toErrorResponse().getErrorObject().getCode());
    }
    AccessToken issued = response.toSuccessResponse().getTokens().getAccessToken();
    token = issued.getValue();
    renewAt = requestedAt.plusSeconds(issued.getLifetime() - Math.min(60, issued.getLifetime() / 10));
    return token;
  }

  public static void main(String[] args) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(${url}))
        .method(${method}, ${body})
        .header("Authorization", "Bearer " + token())${hasBody ? '\n        .header("Content-Type", "application/json")' : ""}
        .timeout(Duration.ofSeconds(10))
        .build();
    HttpResponse<String> response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    System.out.println(response.statusCode() + " " + response.body());
  }
}`;
}
