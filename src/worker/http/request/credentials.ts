import { hideSecrets } from "../../../core/redaction/known-secrets.ts";
import { isSecretHeader } from "../../../core/redaction/secret-names.ts";

/** `host` is not a credential, but it names the previous origin. */
const ofOneOrigin: ReadonlySet<string> = new Set([
  "authorization",
  "proxy-authorization",
  "cookie",
  "x-api-key",
  "host",
]);

/** API keys, such as "x-shop-key". The names in `harmlessKey` are not credentials. */
const apiKey = /(?:^|[-_])key$/;
const harmlessKey = /^(?:idempotency|x-idempotency|sec-websocket)-key$/;

/** The schemes of `authorization` (IANA registry), which are credentials in any header. */
const credentials = /^(?:basic|bearer|digest|negotiate|token|hawk|aws4-hmac-sha256|dpop|apikey) \S/i;

/**
 * Whether a header must not follow a redirect to another origin, by its name, by the form of its value, or because a known
 * secret is in it. API keys have many names, so every header that redaction treats as secret is a credential here.
 */
export function staysWithOrigin(name: string, value: unknown): boolean {
  const inLowerCase = name.toLowerCase();
  if (ofOneOrigin.has(inLowerCase) || isSecretHeader(inLowerCase)) return true;
  if (apiKey.test(inLowerCase) && !harmlessKey.test(inLowerCase)) return true;
  return [value]
    .flat()
    .some((one) => typeof one === "string" && (credentials.test(one.trim()) || hideSecrets(one) !== one));
}
