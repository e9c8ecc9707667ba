import { keepSecret } from "./known-secrets.ts";
import { isSecretField } from "./secret-names.ts";

/** More values of one object are not kept: a test may log in all its users in `setup`, and older secrets would be forgotten for theirs. */
const mostKept = 100;
/** Fields and items beyond these are not looked at. */
const mostLookedAt = 10_000;

/** Declares as secret the texts in fields of an object, at any depth, whose names say so: `{ token: "…" }`. */
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
