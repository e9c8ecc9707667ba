/** The user and the password of a URL as the value of an `authorization` header (RFC 7617); null when it has neither. */
export function basicAuthorization({ username, password }: Pick<URL, "username" | "password">): string | null {
  if (username === "" && password === "") return null;
  return `Basic ${Buffer.from(`${bytesOf(username)}:${bytesOf(password)}`, "latin1").toString("base64")}`;
}

/** A text with URLs in it as it may be shown or stored: without their users and passwords. */
export function hideCredentials(text: string): string {
  return text.replace(/(\w[\w+.-]*:[\\/]+)[^\\/?#\s]*@/g, "$1…@");
}

/** The same of a text that was to be one URL and may be none: its password may hold any character then. */
export function hideCredentialsOf(text: string): string {
  const isUrl = /^https?:/i.test(text) && URL.canParse(text);
  return isUrl ? hideCredentials(text) : text.replace(/^(\w[\w+.-]*:[\\/]+)?.*@/s, "$1…@");
}

/** What is percent-encoded, one character a byte. The URL parser leaves ASCII only, and a "%" that encodes nothing. */
function bytesOf(encoded: string): string {
  return encoded.replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}
