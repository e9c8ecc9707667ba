import { ConfigurationError } from "../core/errors.ts";
import { testSchema } from "./bundle/schema.ts";
import { messageOf } from "./bundle/unknown-field.ts";
import type { TestDefinition } from "./definition/define.ts";

/**
 * Checks what a test file exports. Unknown fields are refused by name.
 * @throws ConfigurationError with the path of the first wrong field.
 */
export function validateTest(value: unknown): TestDefinition {
  const parsed = testSchema.safeParse(value);
  if (!parsed.success) {
    // A misspelt field is missing under its right name too: of the two, the one that is written explains.
    const { issues } = parsed.error;
    const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0];
    const path = issue === undefined ? "" : pathOf(issue.path);
    throw new ConfigurationError(
      `in the test file, ${path || "the default export"}: ${issue === undefined ? "is not a test" : messageOf(testSchema, issue)}`,
    );
  }
  const test = value as TestDefinition;
  const stranger = test.users.findIndex(({ setup }) => setup !== undefined && setup !== test.setup);
  if (stranger < 0) return test;
  throw new ConfigurationError(
    `in the test file, users[${stranger}].setup: it is not the setup of the test; a class names that function, for the type of vu.setup`,
  );
}

function pathOf(path: readonly PropertyKey[]): string {
  return path
    .map((part, position) =>
      typeof part === "number" ? `[${part}]` : position === 0 ? String(part) : `.${String(part)}`,
    )
    .join("");
}
