import { codeSamples, curlForToken } from "../../../operations/handout/code-samples";

const call = {
  tokenUrl: "https://shop.auth.eu-west-1.amazoncognito.com/oauth2/token",
  clientId: "abc",
  scopes: ["orders/read", "it's/a\"b$(id)`"],
  method: "GET",
  url: "https://api.example.com/v1/orders/1",
};

describe("code samples", () => {
  it("send a body with POST, PUT and PATCH alone", () => {
    const texts = (method: string) => Object.values(codeSamples({ ...call, method }));
    const withBody = (method: string) => texts(method).filter((text) => /\{\}"|\{\}'|json=\{\}/.test(text)).length;

    expect(["GET", "DELETE", "HEAD", "OPTIONS"].map(withBody)).toEqual([0, 0, 0, 0]);
    expect(["POST", "PUT", "PATCH"].map(withBody)).toEqual([5, 5, 5]);
  });

  it("read the secret from the environment", () => {
    for (const text of Object.values(codeSamples(call))) expect(text).toContain("CLIENT_SECRET");
  });

  it("quote scopes for a shell and for the form", () => {
    expect(curlForToken(call)).toContain(
      "--data 'grant_type=client_credentials&scope=orders/read+it%27s/a%22b%24%28id%29%60'",
    );
  });

  it("import only what they use in Go, which refuses the rest", () => {
    expect(codeSamples(call).go).not.toContain('"strings"');
    expect(codeSamples({ ...call, method: "POST" }).go).toContain('"strings"');
  });
});
