import { keepSecret } from "./known-secrets.ts";
import { isSecretField } from "./secret-names.ts";

/**
 * The maximum number of values of one object that are kept: a test may log in all its users in `setup`, and their tokens
 * would displace older secrets.
 */
const mostKept = 100;
/** The maximum number of fields and items that are searched. */
const mostLookedAt = 10_000;

/** Declares as secrets the texts in fields with secret names, at any depth of an object: `{ token: "…" }`. */
export function keepSecretFields(value: unknown): void {
  const open: { readonly field: unknown; readonly isSecret: boolean }[] = [{ field: value, isSecret: false }];
  let kept = 0;
  // The list grows while it is read.
  for (const { field, isSecret } of open) {
    if (typeof field === "string" && isSecret && kept++ < mostKept) keepSecret(field);
    if (typeof field !== "object" || field === null) continue;
    for (const [name, inner] of Object.entries(field).slice(0, mostLookedAt - open.length)) {
      open.push({ field: inner, isSecret: isSecret || isSecretField(name) });
    }
  }
}
