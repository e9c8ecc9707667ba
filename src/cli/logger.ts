import { type Logger, pino } from "pino";
import type { Style } from "../report/style.ts";
import type { LogLevel } from "./option-values.ts";
import type { Screen } from "./screen.ts";

/** Logs to standard error: readable on a terminal, JSON lines otherwise. */
export function createLogger(level: LogLevel, screen: Screen, style: Style): Logger {
  const write = screen.isTerminal
    ? (line: string) => screen.print(pretty(line, style))
    : (line: string) => screen.print(line.trimEnd());
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, { write });
}

function pretty(line: string, style: Style): string {
  const { level, time, msg = "", ...rest } = JSON.parse(line) as Record<string, unknown>;
  const name = pino.levels.labels[Number(level)] ?? "";
  const colour = Number(level) >= 50 ? style.failed : Number(level) >= 40 ? style.invalid : style.muted;
  const fields = Object.entries(rest).map(
    ([key, value]) => ` ${key}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return `${style.muted(String(time).slice(11, 19))} ${colour(name.padEnd(5))} ${String(msg)}${style.muted(fields.join(""))}`;
}
