import { readFileSync } from "node:fs";
import type { Logger } from "pino";
import type { ControlAnswer } from "../../master/control-answer.ts";
import type { Master } from "../../master/master.ts";
import type { RunOutput, StartedRun } from "../../runner/outputs/run-output.ts";

/** The number that each key adds to the users of a closed load, or to the rate of an open one. The keys are those of Locust. */
const steps: Readonly<Record<string, number>> = { w: 1, W: 10, s: -1, S: -10 };
const refusals = {
  "no-such-load": "this load has no users or rate to change",
  "not-pausable": "this load cannot be paused",
  "not-paused": "this load is not paused",
  "run-over": "the run is over",
} as const;
const ctrlC = "\x03";

/**
 * Controls an active run by keys on a terminal: w and W add 1 and 10 users, s and S remove them, p pauses and resumes, q ends
 * the load. Does nothing if standard input is not a terminal, or if this process is in the background.
 */
export class LiveKeys implements RunOutput {
  readonly name = "the keys";
  readonly #input: NodeJS.ReadStream;
  readonly #log: Logger;
  #restore = () => {};

  constructor(input: NodeJS.ReadStream, log: Logger) {
    this.#input = input;
    this.#log = log;
  }

  begin({ master }: StartedRun): void {
    const input = this.#input;
    if (input.isTTY !== true || !isInForeground()) return;
    const onKeys = (keys: string) => {
      for (const key of keys) press(key, master, this.#log);
    };
    // Errors are ignored: a terminal that hangs up also sends SIGHUP.
    // One listener is enough for all runs of a process.
    if (!input.listeners("error").includes(ignore)) input.on("error", ignore);
    input.setRawMode(true);
    input.setEncoding("utf8");
    input.on("data", onKeys);
    input.resume();
    this.#restore = () => {
      input.off("data", onKeys);
      input.setRawMode(false);
      input.pause();
    };
  }

  close(): void {
    this.#restore();
  }
}

function ignore(): void {}

/** Whether this process may use the terminal: the system stops a background process that does. Only Linux shows this; elsewhere true. */
function isInForeground(): boolean {
  try {
    // proc(5): after the name in brackets come state, parent, process group, session, terminal, the terminal's group.
    const fields = readFileSync("/proc/self/stat", "utf8").split(") ")[1]?.split(" ") ?? [];
    return fields[2] === fields[5];
  } catch {
    return true;
  }
}

function press(key: string, master: Master, log: Logger): void {
  // In raw mode, the terminal sends no signal for Ctrl-C. It is for the whole process: with a web page, it also ends the session.
  if (key === ctrlC) {
    process.kill(process.pid, "SIGINT");
    return;
  }
  const eventCount = master.events.length;
  const answer = answerTo(key, master);
  if (answer?.kind === "refused") log.warn(refusals[answer.reason]);
  const event = master.events[eventCount];
  if (answer?.kind === "changed" && event !== undefined) log.info(event.text);
}

/** Acts on a key. Returns null for a key without a meaning, and while no load is running. */
function answerTo(key: string, master: Master): ControlAnswer<keyof typeof refusals> | null {
  const { control } = master;
  if (control === null) return null;
  const step = steps[key];
  if (step !== undefined) return control.changeBy(step);
  if (key === "p") return control.isPaused ? control.resume() : control.pause();
  return key === "q" ? master.endLoad() : null;
}
