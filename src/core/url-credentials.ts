/** The user and the password of a URL as the value of an `authorization` header (RFC 7617); null if it has neither. */
export function basicAuthorization({ username, password }: Pick<URL, "username" | "password">): string | null {
  if (username === "" && password === "") return null;
  return `Basic ${Buffer.from(`${bytesOf(username)}:${bytesOf(password)}`, "latin1").toString("base64")}`;
}

/** Removes users and passwords from the URLs in a text, so that it can be shown or stored. */
export function hideCredentials(text: string): string {
  return text.replace(/(\w[\w+.-]*:[\\/]+)[^\\/?#\s]*@/g, "$1…@");
}

/**
 * Removes user and password from a text that should be one URL but may not be valid: its password may then contain any
 * character.
 */
export function hideCredentialsOf(text: string): string {
  const isUrl = /^https?:/i.test(text) && URL.canParse(text);
  return isUrl ? hideCredentials(text) : text.replace(/^(\w[\w+.-]*:[\\/]+)?.*@/s, "$1…@");
}

/**
 * Decodes percent-encoding, one character per byte. The URL parser leaves only ASCII, and "%" signs that encode nothing.
 */
function bytesOf(encoded: string): string {
  return encoded.replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}
