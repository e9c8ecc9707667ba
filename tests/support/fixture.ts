import { fileURLToPath } from "node:url";

/** The path of a test file in tests/e2e/fixtures. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`../e2e/fixtures/${name}.ts`, import.meta.url));
}
