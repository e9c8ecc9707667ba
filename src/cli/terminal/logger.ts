import { type Level, type Logger, pino } from "pino";
import { printable } from "../../core/readable-text.ts";
import { hideSecretsIn } from "../../core/redaction/known-secrets.ts";
import { jsonWithoutCommands } from "../../report/text/ci-commands.ts";
import type { Style } from "../../report/text/style.ts";
import type { LogListener } from "../../runner/execution.ts";
import type { LogLevel } from "../../runner/run-options.ts";
import type { Screen } from "./screen.ts";

/** Logs to standard error: readable lines on a terminal, JSON lines elsewhere. */
export function createLogger(level: LogLevel, screen: Screen, style: Style, onLine?: LogListener): Logger {
  const print = screen.isTerminal
    ? (line: string) => screen.print(pretty(line, style))
    : (line: string) => screen.print(jsonWithoutCommands(line.trimEnd()));
  const write = (written: string) => {
    const line = withoutSecrets(written);
    print(line);
    if (onLine !== undefined) onLine(heard(line));
  };
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, { write });
}

/** Returns a log line without the secrets that this process knows. */
function withoutSecrets(line: string): string {
  const fields: unknown = JSON.parse(line);
  const shown = hideSecretsIn(fields);
  return shown === fields ? line : `${JSON.stringify(shown)}\n`;
}

function heard(line: string): Parameters<LogListener>[0] {
  const { level, time, msg = "", ...rest } = JSON.parse(line) as { level: number; time: string; msg?: string };
  return { time, level: (pino.levels.labels[level] ?? "info") as Level, text: `${msg}${fieldsOf(rest)}` };
}

/**
 * Formats a log line for a terminal. Its message and fields may contain text from a stranger who connects to the master, or
 * from a service.
 */
function pretty(line: string, style: Style): string {
  const { level, time, msg = "", ...rest } = JSON.parse(line) as Record<string, unknown>;
  const name = pino.levels.labels[Number(level)] ?? "";
  const colour = Number(level) >= 50 ? style.failed : Number(level) >= 40 ? style.invalid : style.muted;
  return `${style.muted(String(time).slice(11, 19))} ${colour(name.padEnd(5))} ${indented(String(msg))}${style.muted(printable(fieldsOf(rest)))}`;
}

/** Returns the lines of a message, such as a stack. All but the first are indented, so that none of them looks like a log line. */
function indented(message: string): string {
  return message.split("\n").map(printable).join("\n    ");
}

/** Returns the fields of a log line as text: " worker=1 host=vm". */
function fieldsOf(rest: Readonly<Record<string, unknown>>): string {
  return Object.entries(rest)
    .map(([key, value]) => ` ${key}=${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join("");
}
