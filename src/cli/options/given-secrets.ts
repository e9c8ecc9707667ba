import { keepCredentialsOf, keepSecret } from "../../core/redaction/known-secrets.ts";
import { isSecretField } from "../../core/redaction/secret-names.ts";

/**
 * Declares as secret what a command is given: values of flags and `MUSTER_` variables whose names say so (`--token`, `MUSTER_WEB_TOKEN`),
 * and passwords in URLs (`--host`, `HTTPS_PROXY`).
 */
export function keepGivenSecrets(environment: NodeJS.ProcessEnv, options: Readonly<Record<string, unknown>>): void {
  const given = Object.entries(environment).filter(([name]) => name.startsWith("MUSTER_") || /_proxy$/i.test(name));
  for (const [name, value] of [...given, ...Object.entries(options)]) {
    if (typeof value !== "string") continue;
    if (isSecretField(name)) keepSecret(value);
    keepCredentialsOf(value);
  }
}
