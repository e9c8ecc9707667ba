import { importLine } from "../code/import-line.ts";
import { keyCode } from "../code/literals.ts";
import { takingHelpers } from "../correlation/taken-code.ts";
import type { RecordedSession } from "./recorded-session.ts";
import { namesOf, type SessionNames } from "./session-names.ts";
import { sessionNotes } from "./session-notes.ts";
import { stepText } from "./step-text.ts";

/** The parts of the test of a session apart from its requests. */
export interface SessionFrame {
  /** The lines of the header comment. */
  readonly notes: readonly string[];
  readonly className: string;
  readonly taskName: string;
  /** Lines that declare more constants. */
  readonly constants: readonly string[];
  /** The code of further options of the test. */
  readonly testOptions: readonly string[];
}

/** Writes a recorded session as a test file. @param file the name of the recording, for the notes */
export function sessionText(session: RecordedSession, file: string): string {
  const notes = sessionNotes(session, file);
  return stepsText(session, {
    notes,
    className: "RecordedUser",
    taskName: "recorded session",
    constants: [],
    testOptions: [],
  });
}

/** Writes a test file with one user class and one task, which sends the requests in their order. */
export function stepsText(session: RecordedSession, frame: SessionFrame): string {
  const { notes, className, taskName, constants, testOptions } = frame;
  const names = namesOf(session);
  const steps = session.steps.map((step) => stepText(step, names)).join("\n");
  const helpers = Object.entries(takingHelpers).flatMap(([name, code]) =>
    steps.includes(`${name}(`) ? [`\n${code}\n`] : [],
  );
  const user = className.slice(0, 1).toLowerCase() + className.slice(1);
  return `${importLine([steps, ...constants].join("\n"))}

${notes.map((line) => `// ${line}`).join("\n")}
${constantsText(session, names, constants)}
const ${user} = defineUser({
  name: ${JSON.stringify(className)},
  pause: between("1s", "3s"),
${sessionOption(session)}  tasks: {
    ${keyCode(taskName)}: async (vu) => {
${steps}
    },
  },
});

export default defineTest({
  host: env("SERVICE_URL", ${JSON.stringify(session.origins[0])}),
  users: [${user}],
${testOptions.map((option) => `  ${option},\n`).join("")}  load: closed({ users: 10, spawnRate: 1, duration: "1m" }),
  targets: { p95: "500ms", errorRate: "1%" },
});
${helpers.join("")}`;
}

/**
 * Writes the option that gives each iteration a new session, if the recording starts without cookies: then each iteration is a
 * new visitor.
 */
function sessionOption({ steps }: RecordedSession): string {
  const setsCookies = steps.some(({ answer }) => answer.cookies.size > 0);
  if (steps[0]?.hasCookies !== false || !setsCookies) return "";
  return `  // The recording starts without cookies, and so does each iteration.\n  session: "iteration",\n`;
}

function constantsText(
  { steps }: RecordedSession,
  { origins, secrets }: SessionNames,
  constants: readonly string[],
): string {
  const services = [...origins].map(
    ([origin, { constant, variable }]) =>
      `const ${constant} = env(${JSON.stringify(variable)}, ${JSON.stringify(origin)});`,
  );
  const hidden = [...secrets.values()].map(({ constant, variable, values }) => {
    const note = values.size > 1 ? ` // ${values.size} different values were recorded` : "";
    return `const ${constant} = env(${JSON.stringify(variable)});${note}`;
  });
  const decoder = steps.some(({ body }) => body.kind === "bytes")
    ? ["const bytes = (base64: string) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));"]
    : [];
  const lines = [
    ...services,
    ...(hidden.length === 0 ? [] : ["// What was secret in the recording comes from the environment.", ...hidden]),
    ...decoder,
    ...constants,
  ];
  return lines.length === 0 ? "" : `\n${lines.join("\n")}\n`;
}
