import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import type { Cleanup } from "./test-process.ts";

/** A command of a shell on a terminal of its own, and what it has written to it. Ends with the test. */
export class Terminal {
  readonly process: ChildProcessByStdio<Writable, Readable, null>;
  screen = "";

  /** @param onText called with each text that is written */
  constructor(
    cleanup: Cleanup,
    command: string,
    environment: NodeJS.ProcessEnv = {},
    onText: (text: string) => void = () => {},
  ) {
    // util-linux's `script` gives the command a terminal.
    this.process = spawn("script", ["--quiet", "--return", "--command", command, "/dev/null"], {
      env: { ...process.env, ...environment },
      stdio: ["pipe", "pipe", "inherit"],
    });
    cleanup.after(() => {
      this.process.kill("SIGKILL");
    });
    this.process.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.screen += text;
      onText(text);
    });
  }
}

/** Quotes words for a shell. */
export function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(" ");
}
