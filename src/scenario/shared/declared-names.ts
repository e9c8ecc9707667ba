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
 * Declares the name of something that all workers share. In tasks and hooks, which may call this repeatedly, it does nothing.
 * @param kind what has the name, in the plural
 * @throws ConfigurationError if the test file has already declared another one with this name
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
