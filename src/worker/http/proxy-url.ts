const validForms =
  "valid are http://HOST:PORT and https://HOST:PORT, with USER:PASSWORD@ before HOST where the proxy asks for it";

/** What a proxy variable says: where the proxy is, or why that is not understood, in words that begin with the variable. */
export type NamedProxy =
  | { readonly kind: "proxy"; readonly url: URL }
  | { readonly kind: "unusable"; readonly problem: string };

/** Reads the value of a proxy variable. Without a scheme it is http:, as for curl and Go. */
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
  // In "http://me:1#2@proxy" the host would be "me".
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "" || /[?#]/.test(text)) {
    return refused(text.includes("@") ? reservedInPassword : "nothing may follow HOST:PORT");
  }
  return { kind: "proxy", url };
}

const reservedInPassword = "it is not a URL (in a password write # as %23, / as %2F, ? as %3F and @ as %40)";

/** Whatever stands before the last "@" may be a password, also when the rest is no URL. */
function withoutCredentials(value: string): string {
  return value.trim().replace(/^((?:[a-z][a-z0-9+.-]*:\/\/)?).*@/is, "$1…@");
}

/** What a proxy wants to know of who asks, as its URL says; null for nothing. */
export function proxyAuthorization({ username, password }: URL): string | null {
  if (username === "" && password === "") return null;
  const credentials = [decodedBytes(username), Buffer.from(":"), decodedBytes(password)];
  return `Basic ${Buffer.concat(credentials).toString("base64")}`;
}

/** The bytes that %XX stands for, as curl takes them: any, and a "%" that begins no such thing is itself. */
function decodedBytes(text: string): Buffer {
  const pieces = text.split(/(%[0-9a-f]{2})/i);
  return Buffer.concat(
    pieces.map((piece, i) => (i % 2 === 1 ? Buffer.from(piece.slice(1), "hex") : Buffer.from(piece))),
  );
}
