import { type ChildProcess, spawn } from "node:child_process";
import { patienceMs, waitUntil } from "./wait-until.ts";

/** Where a helper registers what to undo: a `TestContext`. */
export interface Cleanup {
  after(undo: () => Promise<void> | void): void;
}

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process started by a test, with its complete output. It is killed at the end of the test at the latest. */
export class TestProcess {
  stdout = "";
  stderr = "";
  readonly #child: ChildProcess;
  readonly #command: string;
  #end: ProcessEnd | null = null;

  /** `through`: a command prefix that executes the command, such as `ip netns exec NAME`. */
  constructor(
    cleanup: Cleanup,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    cwd?: string,
    through: readonly string[] = [],
  ) {
    this.#command = args.join(" ");
    const [command = process.execPath, ...words] = [...through, process.execPath, ...args];
    this.#child = spawn(command, words, {
      env: { ...inheritedEnvironment(), ...env },
      stdio: ["ignore", "pipe", "pipe"],
      ...(cwd === undefined ? {} : { cwd }),
    });
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    // "close" instead of "exit": by then, the output is complete.
    this.#child.once("close", (code, signal) => {
      this.#end = { code, signal };
    });
    cleanup.after(async () => {
      if (this.#end === null) this.#child.kill("SIGKILL");
      await this.ended();
    });
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error(`could not be started: ${this.#command}`);
    return this.#child.pid;
  }

  get hasEnded(): boolean {
    return this.#end !== null;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Waits for the end, which may be that of a whole run. If that fails, the error contains the output of the process. */
  ended(timeoutMs = 3 * patienceMs): Promise<ProcessEnd> {
    return this.#wait("its end", () => this.#end, timeoutMs);
  }

  /** Waits until standard error matches. */
  errorOutput(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray> {
    return this.#output(pattern, () => this.stderr, timeoutMs);
  }

  /** Waits until standard output matches. */
  output(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray> {
    return this.#output(pattern, () => this.stdout, timeoutMs);
  }

  #output(pattern: RegExp, text: () => string, timeoutMs: number | undefined): Promise<RegExpExecArray> {
    return this.#wait(
      String(pattern),
      () => {
        const match = pattern.exec(text());
        if (match === null && this.#end !== null) throw new Error(`ended without ${pattern}\n${this.#story()}`);
        return match;
      },
      timeoutMs,
    );
  }

  async #wait<Value>(
    what: string,
    look: () => Value | null,
    timeoutMs: number | undefined,
  ): Promise<NonNullable<Value>> {
    try {
      return (await waitUntil(what, look, timeoutMs)) as NonNullable<Value>;
    } catch (cause) {
      throw new Error(`${(cause as Error).message}\n${this.#story()}`, { cause });
    }
  }

  #story(): string {
    return `$ ${this.#command}\n${this.stdout}\n${this.stderr}`;
  }
}

/**
 * Removes variables that would change muster's defaults, and the settings of this test runner except for its cache of
 * compiled code.
 */
function inheritedEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(MUSTER_|PLOT_PALETTE_|API_ENDPOINT$|NODE_(?!COMPILE_CACHE$)|FORCE_COLOR$)/.test(name),
    ),
  );
}
