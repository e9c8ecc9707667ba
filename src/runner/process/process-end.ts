import { type ExitCode, exitCodes } from "../../core/errors.ts";

const { exit } = process;

/** Thrown when the test calls a function that ends the process. */
class ForbiddenExit extends Error {
  readonly code = "MUSTER_EXIT";

  constructor(call: string) {
    super(`${call} was called: a test cannot end the process that runs it; throw an error instead`);
    this.name = "ForbiddenExit";
  }
}

/** Ends this process. The code of a test cannot: `process.exitCode` has no effect, and `process.exit` throws. */
class ProcessEnd {
  exitCode: number = exitCodes.passed;

  /** Makes {@link now} the only way to end the process. */
  forbidOthers(): void {
    process.exit = (code) => {
      throw new ForbiddenExit(`process.exit(${code ?? ""})`);
    };
    process.abort = () => {
      throw new ForbiddenExit("process.abort()");
    };
  }

  /** Ends the process at once. */
  now(code: ExitCode | number = this.exitCode): never {
    // This is the last listener, because a listener of the test may set another code.
    process.on("exit", () => {
      process.exitCode = code;
    });
    try {
      return exit.call(process, code);
    } catch {
      // A listener has thrown. Node.js calls none of them again.
      return exit.call(process, code);
    }
  }
}

export const processEnd = new ProcessEnd();
