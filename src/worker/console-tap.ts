import { format } from "node:util";
import type { WorkerLogLine } from "../protocol/worker-messages.ts";

const levels = { debug: "debug", log: "info", info: "info", warn: "warn", error: "error" } as const;

/**
 * What the test's code writes by `console` goes where it went before, and to `hear` too.
 * @param expectsLine false when a line would be thrown away: it is not even formatted then
 */
export function tapConsole(
  hear: (level: WorkerLogLine["level"], text: string) => void,
  expectsLine: () => boolean = () => true,
): void {
  const { console } = globalThis;
  for (const [method, level] of Object.entries(levels) as [keyof typeof levels, WorkerLogLine["level"]][]) {
    const write = console[method].bind(console);
    console[method] = (...words: unknown[]) => {
      if (!expectsLine()) return;
      write(...words);
      hear(level, format(...words));
    };
  }
}
