/**
 * Masks what an event of a function must not show once it is kept. Masked are:
 *
 * - the headers `Authorization` and `Proxy-Authorization`, except for the scheme, and the values of cookies
 * - values under a name that ends like `password`, `secret`, `token` or `apiKey`, in the event, and in text that is JSON or
 *   a form; but neither claims nor stage variables, which are not secrets
 * - in all other text: tokens in the form of a JWT, what follows `Bearer`, credentials after `Basic`, a password in a URL
 * - values that the account holds as secrets, wherever they are
 *
 * Text in Base64 is masked as the text that it is. Pure.
 */
/** In place of what is masked. */
export const MASK = "***";

/** Characters of one text. A longer one is left out: it would have to be searched as a whole. */
const MAX_TEXT = 32_768;

/** Members within members; deeper ones are left out. */
const MAX_DEPTH = 100;

/** Schemes of credentials, which are shown. */
const SCHEME = /^(?:Basic|Bearer|Digest|Negotiate|AWS4-HMAC-SHA256)\s+/i;

const CREDENTIALS: readonly string[] = ["authorization", "proxyauthorization", "authorizationtoken"];
const COOKIES: readonly string[] = ["cookie", "cookies", "setcookie"];

/** How a name ends whose value is a secret, without hyphens and underscores. */
const SECRET =
  /(password|passwd|pwd|passphrase|secret|secrets|token|apikey|accesskey|privatekey|secretkey|assertion|credential|credentials)$/;

/** What text has in which something is masked: most texts of an event have none of it. */
const MAY_HOLD_SECRETS = /[={[\s]|eyJ|\/\//;

/** Members that hold no secrets, whatever their names are. */
const OPEN = ["claims", "stagevariables"];

type Place = "open" | "usual" | "secret";

/**
 * The event with its secrets masked; it is left as it is.
 * @param secrets values that are masked wherever they are
 */
export function maskEvent(event: unknown, secrets: readonly string[] = []): unknown {
  return new Masking(secrets.filter((secret) => secret !== "")).value("", event, "usual");
}

class Masking {
  private depth = 0;

  constructor(private readonly secrets: readonly string[]) {}

  /** @param name of the member that has the value */
  value(name: string, value: unknown, place: Place): unknown {
    if (this.depth > MAX_DEPTH) return "(nested too deeply)";
    this.depth += 1;
    const masked = this.deepValue(name, value, place);
    this.depth -= 1;
    return masked;
  }

  private deepValue(name: string, value: unknown, place: Place): unknown {
    if (Array.isArray(value)) return value.map((item) => this.value(name, item, place));
    if (typeof value === "object" && value !== null) return this.object(value, place);
    if (value === null || value === "" || typeof value === "boolean") return value;
    if (place === "secret") return MASK;
    return typeof value === "string" ? this.member(name, value, place) : value;
  }

  private object(value: object, place: Place): object {
    const masked: Record<string, unknown> = Object.create(null);
    for (const [name, member] of Object.entries(value)) {
      masked[this.text(name)] = isBase64Body(name, value)
        ? this.base64(String(member))
        : this.value(name, member, placeIn(place, name));
    }
    return masked;
  }

  private member(name: string, value: string, place: Place): string {
    const kind = place === "usual" ? kindOf(name) : "usual";
    if (kind === "credentials") return `${SCHEME.exec(value)?.[0] ?? ""}${MASK}`;
    if (kind === "cookies") return value.replace(/([^;=]+)(?:=[^;]*)?/g, maskCookie);
    return this.text(value);
  }

  private text(value: string): string {
    if (value.length > MAX_TEXT) return `(${value.length} characters)`;
    if (this.secrets.length === 0 && !MAY_HOLD_SECRETS.test(value)) return value;
    const structured = this.json(value) ?? this.form(value) ?? value;
    const masked = structured
      .replace(/(?<![\w-])eyJ[\w-]+\.[\w-]*\.[\w-]*(?:\.[\w-]*)*/g, MASK)
      .replace(/\b(Bearer\s+)[\w.~+/=-]{8,}/gi, `$1${MASK}`)
      .replace(/\b(Basic\s+)([\w+/-]{4,}={0,2})/gi, (whole, scheme: string, encoded: string) =>
        Buffer.from(encoded, "base64").includes(":") ? `${scheme}${MASK}` : whole,
      )
      .replace(/(\/\/[^\s/:@]{1,256}:)[^\s/@]{1,256}@/g, `$1${MASK}@`);
    return this.secrets.reduce((text, secret) => text.replaceAll(secret, MASK), masked);
  }

  /** JSON text whose values are masked; as it is written when none is; `undefined` for other text. */
  private json(value: string): string | undefined {
    if (!/^\s*[[{]/.test(value)) return undefined;
    let parsed: unknown;
    try {
      parsed = JSON.parse(value);
    } catch {
      return value.replace(MEMBER, (whole, begin: string, name: string) =>
        isSecret(name) ? `${begin}"${MASK}"` : whole,
      );
    }
    const masked = JSON.stringify(this.value("", parsed, "usual"));
    return masked === JSON.stringify(parsed) ? value : masked;
  }

  /** Text of a form or a query. */
  private form(value: string): string | undefined {
    if (!/^[^\s=&]+=[^\s&]*(?:&[^\s=&]+(?:=[^\s&]*)?)*$/.test(value)) return undefined;
    return value.replace(/([^&=]+)=([^&]+)/g, (whole, name: string) =>
      isSecret(decoded(name)) ? `${name}=${MASK}` : whole,
    );
  }

  private base64(value: string): string {
    const bytes = Buffer.from(value, "base64");
    const text = bytes.toString("utf8");
    if (!Buffer.from(text).equals(bytes)) return this.text(value);
    const masked = this.text(text);
    return masked === text ? value : Buffer.from(masked).toString("base64");
  }
}

/** A member in text that is JSON only by its beginning. */
const MEMBER = /("([^"\\]{1,256})"\s*:\s*)"(?:[^"\\]|\\.)*"?/g;

function placeIn(place: Place, name: string): Place {
  if (place !== "usual") return place;
  const kind = kindOf(name);
  return kind === "open" || kind === "secret" ? kind : "usual";
}

function isSecret(name: string): boolean {
  return kindOf(name) === "secret";
}

type Kind = "open" | "secret" | "credentials" | "cookies" | "usual";

/** Kinds by names: the members of events have few. */
const kinds = new Map<string, Kind>();
const MAX_KINDS = 1000;

function kindOf(name: string): Kind {
  const known = kinds.get(name);
  if (known !== undefined) return known;
  const key = name.replace(/[-_]/g, "").toLowerCase();
  const lists = { open: OPEN, credentials: CREDENTIALS, cookies: COOKIES };
  const [listed] = Object.entries(lists).find(([, names]) => names.includes(key)) ?? [];
  const kind = (listed as Kind | undefined) ?? (SECRET.test(key) ? "secret" : "usual");
  if (kinds.size < MAX_KINDS && name.length < 100) kinds.set(name, kind);
  return kind;
}

function maskCookie(whole: string, name: string): string {
  return whole.includes("=") ? `${name}=${MASK}` : MASK;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function isBase64Body(name: string, of: object): boolean {
  return name === "body" && "isBase64Encoded" in of && of.isBase64Encoded === true;
}
