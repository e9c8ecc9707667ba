import { ConfigurationError } from "../../core/errors.ts";

/**
 * `env()` reads the master's environment. What it read goes with the test to the workers, so that a test sees the same
 * values on every machine whatever their own environments say.
 */
const read = new Map<string, string | null>();
let shipped: Readonly<Record<string, string | null>> | null = null;

/**
 * The variable's value, else `fallback`. An empty variable counts as not set. To be called while the test file is
 * loaded, at its top level: what is asked for only later did not travel with the test.
 * @throws ConfigurationError on a worker, for a variable that the master has not read.
 */
export function env(name: string, fallback = ""): string {
  if (shipped !== null && !Object.hasOwn(shipped, name)) {
    throw new ConfigurationError(`env("${name}") is called too late: read it at the top level of the test file`);
  }
  const value = shipped !== null ? shipped[name] : process.env[name];
  const known = value === undefined || value === "" ? null : value;
  read.set(name, known);
  return known ?? fallback;
}

/** The variables that the test has asked for so far; null for those not set. */
export function readEnvironment(): Record<string, string | null> {
  return Object.fromEntries(read);
}

/** On a worker: answer `env()` from what the master read. */
export function useEnvironment(values: Readonly<Record<string, string | null>>): void {
  shipped = values;
}
