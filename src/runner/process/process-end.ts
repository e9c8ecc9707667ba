import { type ExitCode, exitCodes } from "../../core/errors.ts";

const { exit } = process;

/** A test has called what ends a process. */
class ForbiddenExit extends Error {
  readonly code = "MUSTER_EXIT";

  constructor(call: string) {
    super(`${call} was called: a test cannot end the process that runs it; throw an error instead`);
    this.name = "ForbiddenExit";
  }
}

/** How this process ends. `process.exitCode` and `process.exit` are the test's to call, and change nothing. */
class ProcessEnd {
  exitCode: number = exitCodes.passed;

  /** From now on nothing but {@link now} ends the process. */
  forbidOthers(): void {
    process.exit = (code) => {
      throw new ForbiddenExit(`process.exit(${code ?? ""})`);
    };
    process.abort = () => {
      throw new ForbiddenExit("process.abort()");
    };
  }

  now(code: ExitCode | number = this.exitCode): never {
    // The last listener of all: one of the test's may have set another code.
    process.on("exit", () => {
      process.exitCode = code;
    });
    try {
      return exit.call(process, code);
    } catch {
      // A listener has thrown: none is called again.
      return exit.call(process, code);
    }
  }
}

export const processEnd = new ProcessEnd();
