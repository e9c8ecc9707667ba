import { ConfigurationError } from "../../core/errors.ts";
import { keepCredentialsOf, keepSecret } from "../../core/redaction/known-secrets.ts";
import { isSecretField } from "../../core/redaction/secret-names.ts";
import { longestVariable } from "../../core/size-limits.ts";

/**
 * The variables that the test has read. `env()` reads the environment of the master, and the values are sent to the workers
 * with the test, so that a test sees the same values on every machine.
 */
const read = new Map<string, string | null>();
let shipped: Readonly<Record<string, string | null>> | null = null;

/**
 * Returns the value of an environment variable, else `fallback` (k6's `__ENV`). An empty variable counts as not set. Call it
 * at the top level of the test file: a variable that is read later was not sent with the test.
 * @throws ConfigurationError on a worker, for a variable that the master has not read; for a value that is too large
 */
export function env(name: string, fallback = ""): string {
  if (shipped !== null && !Object.hasOwn(shipped, name)) {
    throw new ConfigurationError(`env("${name}") is called too late: read it at the top level of the test file`);
  }
  const value = shipped !== null ? shipped[name] : process.env[name];
  const known = value === undefined || value === "" ? null : value;
  if (known !== null && known.length > longestVariable) {
    throw new ConfigurationError(
      `env("${name}") has ${known.length} characters; at most ${longestVariable} can travel to the workers: import large data from a file`,
    );
  }
  read.set(name, known);
  if (isSecretField(name)) keepSecret(known);
  keepCredentialsOf(known ?? undefined);
  return known ?? fallback;
}

/**
 * Declares that a value is secret, and returns it: `secret(env("SHOP_LOGIN"))`. Every output of muster shows `***` in its
 * place: names, messages, failed requests, logs, reports and the store. A variable whose name says that it is secret, such as
 * `API_TOKEN`, needs no declaration. Call it at the top level of the test file: a secret that a hook or a task declares is
 * known only to its own process. A value of fewer than 6 characters cannot be recognized.
 */
export function secret(value: string): string {
  keepSecret(value);
  return value;
}

/** Returns the variables that the test has read so far; null for those not set. */
export function readEnvironment(): Record<string, string | null> {
  return Object.fromEntries(read);
}

/** Makes `env()` return the values that the master read, on a worker. */
export function useEnvironment(values: Readonly<Record<string, string | null>>): void {
  shipped = values;
}
