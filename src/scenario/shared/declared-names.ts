import { ConfigurationError } from "../../core/errors.ts";

/** The names that the test being loaded has declared; null at any other time. */
let names: Set<string> | null = null;

/** Loads a test, whose declarations of one kind must have different names. */
export async function declaringNames<Value>(load: () => Promise<Value>): Promise<Value> {
  names = new Set();
  try {
    return await load();
  } finally {
    names = null;
  }
}

/**
 * Declares what all workers share under a name. In tasks and hooks, which may call this again and again, it does nothing.
 * @param kind in the plural
 * @throws ConfigurationError if the test file has declared another one of this name
 */
export function declareName(kind: "queues" | "values of once", name: string): void {
  if (names === null) return;
  const declared = `${kind} ${name}`;
  if (names.has(declared)) {
    throw new ConfigurationError(
      `two ${kind} are named "${name}": give each its own name, or declare it in one place and import it from there`,
    );
  }
  names.add(declared);
}
