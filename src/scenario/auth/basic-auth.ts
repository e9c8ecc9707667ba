import { describeValue } from "../../core/describe-value.ts";
import { InvalidValue } from "../../core/invalid-value.ts";
import type { Authentication } from "../definition/authentication.ts";

/**
 * HTTP Basic authentication (RFC 7617), with user and password in UTF-8.
 * @throws InvalidValue if one of them is not a string, or the user contains a colon
 */
export function basicAuth(user: string, password: string): Authentication {
  requireCredentials("basicAuth", user, password);
  if (user.includes(":")) throw new InvalidValue("basicAuth: the user contains a colon, which ends it (RFC 7617)");
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  const authenticator = {
    authorize: ({ headers }: { readonly headers: { set(name: string, value: string): void } }) =>
      headers.set("authorization", authorization),
  };
  return { forUser: () => authenticator };
}

/** @throws InvalidValue */
export function requireCredentials(call: string, user: unknown, password: unknown): void {
  for (const [what, value] of Object.entries({ user, password })) {
    if (typeof value === "string") continue;
    throw new InvalidValue(`${call}(user, password): the ${what} is ${describeValue(value)}; expected a string`);
  }
}
