import { hideSecrets } from "../../../core/redaction/known-secrets.ts";
import { isSecretHeader } from "../../../core/redaction/secret-names.ts";

/** `host` is no credential, but names the origin that was left. */
const ofOneOrigin: ReadonlySet<string> = new Set([
  "authorization",
  "proxy-authorization",
  "cookie",
  "x-api-key",
  "host",
]);

/** Keys of APIs: "x-shop-key". These others are no credentials. */
const apiKey = /(?:^|[-_])key$/;
const harmlessKey = /^(?:idempotency|x-idempotency|sec-websocket)-key$/;

/** The schemes of `authorization` (IANA registry), which are credentials in any header. */
const credentials = /^(?:basic|bearer|digest|negotiate|token|hawk|aws4-hmac-sha256|dpop|apikey) \S/i;

/**
 * Whether a header must not follow a redirect to another origin, by its name, by the form of its value, or because a known secret
 * is in it. Keys of APIs have many names: all that redaction takes for secret are credentials here.
 */
export function staysWithOrigin(name: string, value: unknown): boolean {
  const inLowerCase = name.toLowerCase();
  if (ofOneOrigin.has(inLowerCase) || isSecretHeader(inLowerCase)) return true;
  if (apiKey.test(inLowerCase) && !harmlessKey.test(inLowerCase)) return true;
  return [value]
    .flat()
    .some((one) => typeof one === "string" && (credentials.test(one.trim()) || hideSecrets(one) !== one));
}
