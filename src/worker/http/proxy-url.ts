const validForms =
  "valid are http://HOST:PORT and https://HOST:PORT, with USER:PASSWORD@ before HOST where the proxy asks for it";

/**
 * The parsed value of a proxy variable: the URL of the proxy, or why it is invalid, as a text that begins with the
 * variable.
 */
export type NamedProxy =
  | { readonly kind: "proxy"; readonly url: URL }
  | { readonly kind: "unusable"; readonly problem: string };

/** Parses the value of a proxy variable. Without a scheme, http: is assumed, as in curl and Go. */
export function parseProxy(variable: string, value: string): NamedProxy {
  const refused = (why: string): NamedProxy => ({
    kind: "unusable",
    problem: `${variable} is ${JSON.stringify(withoutCredentials(value))}: ${why}; ${validForms}`,
  });
  const text = value.trim();
  if (/\s/.test(text)) return refused("there is a blank in it");
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase() ?? "";
  if (scheme !== "" && scheme !== "http" && scheme !== "https") {
    return refused(`proxies of the kind ${scheme}: are not supported`);
  }
  const url = URL.parse(scheme === "" ? `http://${text}` : text);
  if (url === null) return refused(text.includes("@") ? reservedInPassword : "it is not a URL");
  // The host of "http://me:1#2@proxy" would be "me".
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "" || /[?#]/.test(text)) {
    return refused(text.includes("@") ? reservedInPassword : "nothing may follow HOST:PORT");
  }
  return { kind: "proxy", url };
}

const reservedInPassword = "it is not a URL (in a password write # as %23, / as %2F, ? as %3F and @ as %40)";

/** Hides everything before the last "@", which may be a password even if the rest is not a URL. */
function withoutCredentials(value: string): string {
  return value.trim().replace(/^((?:[a-z][a-z0-9+.-]*:\/\/)?).*@/is, "$1…@");
}

/** Returns the value of the Proxy-Authorization header from the user and password in the URL; null without them. */
export function proxyAuthorization({ username, password }: URL): string | null {
  if (username === "" && password === "") return null;
  const credentials = [decodedBytes(username), Buffer.from(":"), decodedBytes(password)];
  return `Basic ${Buffer.concat(credentials).toString("base64")}`;
}

/** Decodes %XX as curl does: into any byte; a "%" without two hexadecimal digits is kept. */
function decodedBytes(text: string): Buffer {
  const pieces = text.split(/(%[0-9a-f]{2})/i);
  return Buffer.concat(
    pieces.map((piece, i) => (i % 2 === 1 ? Buffer.from(piece.slice(1), "hex") : Buffer.from(piece))),
  );
}
