import { spawn } from "node:child_process";
import os from "node:os";
import process from "node:process";

/**
 * Runs a child to its end. Our own signals are passed on and never end us first, so that the child can finish its work and the caller
 * sees its exit code.
 */
export function run(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, options);
    const stopForwarding = forwardSignals(child);
    child.once("error", (error) => {
      stopForwarding();
      reject(error);
    });
    child.once("close", (code, signal) => {
      stopForwarding();
      resolve({ code, signal });
    });
  });
}

/** The shell's convention: 128 + n for a process that signal n ended. */
export function exitCodeOf({ code, signal }) {
  return code ?? 128 + os.constants.signals[signal];
}

function forwardSignals(child) {
  // A terminal sends Ctrl-C to the whole process group, so the child has it already; a second SIGINT would tell muster to abort at once.
  const onTerminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
  const handlers = ["SIGINT", "SIGTERM", "SIGHUP"].map((signal) => {
    const handler = () => {
      if (signal !== "SIGINT" || !onTerminal) child.kill(signal);
    };
    process.on(signal, handler);
    return { signal, handler };
  });
  return () => {
    for (const { signal, handler } of handlers) process.off(signal, handler);
  };
}
