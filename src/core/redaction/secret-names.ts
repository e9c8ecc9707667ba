/** The text that replaces a secret. */
export const mask = "***";

/** Names of fields, in JSON, forms and query strings, whose values are secret. */
const secretField =
  /passw|passphrase|passcode|(?:^|[-_.])pass$|^pwd|pwd$|secret|token|api[-_.]?key|(?:access|private|auth|shared|subscription|account|encryption|client|session|signing|master)[-_.]?key|credential|^otp$|^pin$|card[-_.]?(?:number|no)$|^cvv|^cvc|^sig$|signature|^authori[sz]ation$|^auth$|jwt|^session$|session[-_.]?id$|^sess$|^sid$|cookie|bearer|^assertion$|^saml/i;

/** The ends of names of fields that only describe a secret: "token_type", "tokenUrl", "COOKIE_DOMAIN". */
const descriptiveEnd =
  /(?:type|expiry|expires?|expires?[-_.]?(?:in|at)|ttl|limit|count|length|algorithm|method|policy|hint|url|uri|endpoint|domain|host|name|path|realm|issuer|audience|mode|env)$/i;
/** The starts of such names: "max_tokens", "hasPassword", "reset_password"; but a "reset_password_token" is a secret. */
const descriptiveStart =
  /^(?:(?:has|is|max|min|num|total|prompt|completion|requires?)[-_.A-Z]|(?:cached|forgot|reset|change)(?=[-_.A-Z])(?!.*(?:[Tt]oken|[Kk]ey|[Ss]ecret)$))/;

/** Parameters of a query string that are secret there, although a field of this name is not: keys of APIs, OAuth codes. */
const secretParameter = /^(?:key|code|ticket|hash|hmac)$/i;

const secretHeader =
  /authori[sz]ation|authentication|token|secret|api-?key|(?:access|auth|functions|subscription|shared|private)-?key|passw|session|signature|credential|cookie|passphrase|^x-auth|jwt|^x-amz-security/i;

/** Headers whose names match, but that hold no secret. */
const harmlessHeader = /^(?:access-control-|www-authenticate$|proxy-authenticate$|sec-websocket-)|-type$|-length$/i;

/** Whether the value of a field with this name is a secret, by the name. */
export function isSecretField(name: string): boolean {
  return secretField.test(name) && !descriptiveEnd.test(name) && !descriptiveStart.test(name);
}

/** Whether the value of this parameter of a query string is a secret. */
export function isSecretParameter(name: string): boolean {
  return isSecretField(name) || secretParameter.test(name);
}

/** Whether the value of this header is a secret. */
export function isSecretHeader(name: string): boolean {
  return secretHeader.test(name) && !harmlessHeader.test(name);
}
