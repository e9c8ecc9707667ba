import { formatDuration } from "../../core/duration.ts";
import type { RecordedSession, RecordedStep } from "./recorded-session.ts";

const shortcuts = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]);
/** Not for a file that is shared. */
const secretName = /authori[sz]ation|token|secret|api-?key|password|session/;

/** The session as a test file: one user class whose one task does what was recorded. */
export function sessionText({ origin, steps }: RecordedSession): string {
  const secrets = new Map(
    steps
      .flatMap(({ headers }) => headers)
      .filter(({ name }) => secretName.test(name))
      .map(({ name }) => [name, variableOf(name)] as const),
  );
  const constants = [...secrets].map(([, variable]) => `const ${constantOf(variable)} = env(${text(variable)});`);
  return `import { between, closed, defineTest, defineUser, env } from "muster-load";

// Made from a recording. Cookies are kept by each user by itself. Bodies are as they were recorded: look for passwords,
// and for values that the service gave out and expects back.
${constants.length === 0 ? "" : `// What was secret in the recording comes from the environment.\n${constants.join("\n")}\n`}
const recordedUser = defineUser({
  name: "RecordedUser",
  pause: between("1s", "3s"),
  tasks: {
    "recorded session": async (vu) => {
${steps.map((step) => stepText(step, secrets)).join("\n")}
    },
  },
});

export default defineTest({
  host: env("SERVICE_URL", ${text(origin)}),
  users: [recordedUser],
  load: closed({ users: 10, spawnRate: 1, duration: "1m" }),
  targets: { p95: "500ms", errorRate: "1%" },
});
`;
}

function stepText(step: RecordedStep, secrets: ReadonlyMap<string, string>): string {
  const { method, path, pauseMs } = step;
  const options = optionsText(step, secrets);
  const call = shortcuts.has(method) ? `${method.toLowerCase()}(` : `request(${text(method)}, `;
  const request = `      await vu.http.${call}${text(path)}${options === "" ? "" : `, ${options}`});`;
  return pauseMs === 0 ? request : `      await vu.sleep(${text(formatDuration(pauseMs))});\n${request}`;
}

function optionsText(
  { path, name, headers, body, status }: RecordedStep,
  secrets: ReadonlyMap<string, string>,
): string {
  const fields = [
    // Without it the path counts, without its query.
    name === path.split("?")[0] ? null : `name: ${text(name)}`,
    headers.length === 0 ? null : `headers: { ${headers.map((header) => headerText(header, secrets)).join(", ")} }`,
    body.kind === "json" ? `json: ${JSON.stringify(body.value)}` : null,
    body.kind === "text" ? `body: ${text(body.text)}` : null,
    // It failed in the recording too, so that is what this session is about.
    status >= 400 ? `expect: ${status}` : null,
  ].filter((field) => field !== null);
  return fields.length === 0 ? "" : `{ ${fields.join(", ")} }`;
}

function headerText({ name, value }: { name: string; value: string }, secrets: ReadonlyMap<string, string>): string {
  const variable = secrets.get(name);
  return `${text(name)}: ${variable === undefined ? text(value) : constantOf(variable)}`;
}

/** "x-api-key": "X_API_KEY" */
function variableOf(header: string): string {
  return header.replace(/[^a-z0-9]+/g, "_").toUpperCase();
}

/** "X_API_KEY": "recordedXApiKey" */
function constantOf(variable: string): string {
  return `recorded${variable.toLowerCase().replace(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())}`;
}

/** A string literal that means the same whatever it holds. */
function text(value: string): string {
  return JSON.stringify(value);
}
