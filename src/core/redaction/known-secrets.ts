import { basicAuthorization } from "../url-credentials.ts";
import { isSecretField, mask } from "./secret-names.ts";

/** A shorter value is no secret that could be recognized in a text: masking "admin" would change the names of endpoints. */
const shortestSecret = 6;
/** The number of secrets that are known at a time. The oldest is forgotten, as a test may declare one for each user. */
export const mostSecrets = 1_000;
/** The replacement of a longer value would cost too much in each text. */
const longestSecret = 10_000;

const known = new Set<string>();
/** The pattern that matches each form of each known secret; null while none is known, undefined when it must be built again. */
let pattern: RegExp | null | undefined = null;
/** The length of the longest form that the pattern matches. */
let longestOfPattern = 0;

/**
 * Declares that a value is secret: `hideSecrets` replaces it from now on, as it is and as it is encoded in URLs, JSON and Base64.
 * Values of fewer than 6 or more than 10,000 characters are left out.
 */
export function keepSecret(value: string | null | undefined): void {
  if (value === null || value === undefined || value.length < shortestSecret || value.length > longestSecret) return;
  if (known.has(value)) return;
  const [oldest = ""] = known.size >= mostSecrets ? known : [];
  known.delete(oldest);
  known.add(value);
  pattern = undefined;
}

/**
 * Declares the password in a URL, and the header that is built from user and password, as secrets. Text that is not a URL
 * has neither.
 */
export function keepCredentialsOf(text: string | undefined): void {
  const url = text === undefined ? null : URL.parse(text);
  if (url === null || url.password === "") return;
  keepSecret(url.password);
  keepSecret(decoded(url.password));
  keepSecret(basicAuthorization(url)?.slice("Basic ".length));
}

/**
 * Declares as secrets the values that a command is given: of flags and `MUSTER_` variables with secret names (`--token`,
 * `MUSTER_WEB_TOKEN`), and passwords in URLs (`--host`, `HTTPS_PROXY`).
 */
export function keepGivenSecrets(
  environment: Readonly<Record<string, string | undefined>>,
  options: Readonly<Record<string, unknown>>,
): void {
  const given = Object.entries(environment).filter(([name]) => name.startsWith("MUSTER_") || /_proxy$/i.test(name));
  for (const [name, value] of [...given, ...Object.entries(options)]) {
    if (typeof value !== "string") continue;
    if (isSecretField(name)) keepSecret(value);
    keepCredentialsOf(value);
  }
}

/** Replaces all known secrets in a text by `***`. */
export function hideSecrets(text: string): string {
  const secrets = knownPattern();
  return secrets === null ? text : text.replace(secrets, mask);
}

/**
 * Replaces all known secrets in the first `length` characters of a text by `***`, and leaves out the rest. A secret that
 * begins there is replaced as a whole if the text contains all of it: the text needs `longestForm()` more characters.
 */
export function hideSecretsWithin(text: string, length: number): string {
  const secrets = knownPattern();
  if (secrets === null) return text.slice(0, length);
  let shown = "";
  let shownTo = 0;
  for (const { index, 0: found } of text.matchAll(secrets)) {
    if (index >= length) break;
    shown += text.slice(shownTo, index) + mask;
    shownTo = index + found.length;
  }
  return shown + text.slice(shownTo, Math.max(shownTo, length));
}

/** The length of the longest known secret in any of its encodings, in characters; 0 if none is known. */
export function longestForm(): number {
  return knownPattern() === null ? 0 : longestOfPattern;
}

/**
 * Replaces all known secrets in the texts of a value, at any depth, and in the names of its fields. Returns the value
 * itself if it has none.
 */
export function hideSecretsIn<Value>(value: Value): Value {
  return pattern === null ? value : (withoutSecrets(value) as Value);
}

function withoutSecrets(value: unknown): unknown {
  if (typeof value === "string") return hideSecrets(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map(withoutSecrets);
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (!isPlain(value)) return value;
  const fields = Object.entries(value).map(([name, field]) => [hideSecrets(name), withoutSecrets(field)] as const);
  const isSame = Object.entries(value).every(([name, field], index) => {
    return fields[index]?.[0] === name && fields[index]?.[1] === field;
  });
  return isSame ? value : Object.fromEntries(fields);
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function knownPattern(): RegExp | null {
  if (pattern !== undefined) return pattern;
  const forms = [...new Set([...known].flatMap(formsOf))];
  // A secret that contains another one is replaced as a whole.
  forms.sort((a, b) => b.length - a.length);
  longestOfPattern = forms[0]?.length ?? 0;
  pattern = new RegExp(forms.map((form) => form.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|"), "g");
  return pattern;
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret.toWellFormed()),
    // As `URLSearchParams` and forms encode it, and the user and password of a URL.
    new URLSearchParams([["", secret.toWellFormed()]]).toString().slice(1),
    encodeURI(secret.toWellFormed()),
    // Without the last character and the padding, which depend on what follows.
    bytes.toString("base64").replace(/=+$/, ""),
    bytes.toString("base64url"),
  ].filter((form) => form.length >= shortestSecret);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Forgets all secrets, for tests. */
export function forgetSecrets(): void {
  known.clear();
  pattern = null;
}
