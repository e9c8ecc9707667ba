import { hideSecrets } from "./known-secrets.ts";
import { redactJson } from "./redact-json.ts";
import { isSecretField, isSecretHeader, isSecretParameter, mask } from "./secret-names.ts";

/* Masks secrets in what a test sent and received, before it is shown or stored. A secret is recognized by its name (a header,
a field, a parameter of a query), by its form (a JSON Web Token, Bearer credentials, the password of a URL), or because it is
known (`known-secrets.ts`). Any other, such as a key in the path of a URL, is not recognized. The patterns are bounded: no text
takes more than linear time. */

/** A JSON Web Token: header, payload and signature in Base64url. It may be cut. */
const jsonWebToken = /\beyJ[\w-]{6,}(?:\.[\w-]*){0,4}/g;
const credentials = /\b(Bearer|Basic)\s+[\w.~+/-]{6,}=*/gi;
const password = /(\b\w[\w+.-]{0,20}:\/\/)[^/?#\s"'<>@]+@/g;
const parameter = /(^|[^\w.[\]%-])([\w.[\]%-]{1,100})=([^&#;\s"'<>\\,)]*)/g;

/** Masks the secrets in a URL, or in any other text: passwords and parameters of URLs, tokens and credentials by their form. */
export function redactText(text: string): string {
  return redactForms(redactParameters(hideSecrets(text)));
}

/** Masks the values of secret parameters (`token=…`) in any text, and nothing else. */
export function redactParameters(text: string): string {
  return text.replace(parameter, (whole, before: string, name: string) => maskedPair(whole, before, name));
}

function redactForms(text: string): string {
  return text.replace(password, `$1${mask}@`).replace(jsonWebToken, mask).replace(credentials, `$1 ${mask}`);
}

function maskedPair(whole: string, before: string, name: string): string {
  const isSecret = /[?&#]/.test(before) ? isSecretParameter : isSecretField;
  return !whole.endsWith("=") && isSecret(decoded(name)) ? `${before}${name}=${mask}` : whole;
}

/**
 * Masks the value of a header if it is a secret. The scheme of credentials ("Bearer"), the names of cookies and their
 * attributes are kept. Other values have the secrets of their URLs masked.
 */
export function redactHeader(name: string, given: string): string {
  const known = name.toLowerCase();
  const value = hideSecrets(given);
  if (known === "cookie") return value.replace(/([^=;\s]+)=[^;]*/g, `$1=${mask}`);
  if (known === "set-cookie") return value.replace(/^([^=;]*=)[^;]*/, `$1${mask}`);
  if (!isSecretHeader(name)) return redactText(value);
  const [, scheme = ""] = (/authori[sz]ation/i.test(name) && /^([A-Za-z][\w-]*\s+)\S/.exec(value)) || [];
  return value === "" ? value : scheme + mask;
}

/**
 * Masks the secrets in a body: JSON, forms (URL-encoded and multipart), XML, and what `redactText` finds in any text.
 * The text may be cut at its end.
 */
export function redactBody(given: string, contentType = ""): string {
  const text = hideSecrets(given);
  if (/x-www-form-urlencoded/i.test(contentType)) return redactForm(text);
  const parts = /multipart\//i.test(contentType) ? redactMultipart(text) : text;
  const marked = parts.includes("<") ? redactMarkup(parts) : parts;
  return redactText(redactJson(marked));
}

function redactForm(text: string): string {
  return redactForms(
    text.replace(/(^|&)([^=&]*)=([^&]*)/g, (whole, before: string, name: string) => {
      return isSecretField(decoded(name)) ? `${before}${name}=${mask}` : whole;
    }),
  );
}

/** Masks the parts with secret names (RFC 7578). */
function redactMultipart(text: string): string {
  return text.replace(
    /(\bname="([^"\r\n]*)"[^\r\n]*(?:\r?\n[^\r\n]+)*\r?\n\r?\n)([\s\S]*?)(?=\r?\n--|$(?![\s\S]))/g,
    (whole, head: string, name: string) => (isSecretField(name) ? head + mask : whole),
  );
}

/** Masks elements and fields of forms with secret names: <password>…</password>, <input name="csrf_token" value="…">. */
function redactMarkup(text: string): string {
  return text
    .replace(
      /(<(?:[\w-]{1,100}:)?([\w.-]{1,100})(?:\s[^<>]*)?>)([^<]+)/g,
      (whole, tag: string, name: string, value: string) =>
        isSecretField(name) && value.trim() !== "" ? tag + mask : whole,
    )
    .replace(/<(?:input|meta)\b[^<>]*>?/gi, (tag) => {
      const [, name = ""] = /\bname\s*=\s*["']?([^"'\s>]+)/i.exec(tag) ?? [];
      const isPassword = /\btype\s*=\s*["']?password/i.test(tag);
      if (!isPassword && !isSecretField(name)) return tag;
      return tag.replace(/\b((?:value|content)\s*=\s*)("[^"]*"?|'[^']*'?|[^\s>]+)/i, `$1"${mask}"`);
    });
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
