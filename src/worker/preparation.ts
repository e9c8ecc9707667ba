import { ConfigurationError } from "../core/errors.ts";
import type { MasterMessage, PrepareMessage } from "../protocol/master-messages.ts";
import type { Thrown, WorkerMessage } from "../protocol/worker-messages.ts";
import { hashOf } from "../scenario/bundle.ts";
import type { TestDefinition } from "../scenario/define.ts";
import { useEnvironment } from "../scenario/environment.ts";
import { loadBundle } from "../scenario/load-bundle.ts";
import { mayReadBodies } from "../scenario/reads-bodies.ts";
import { mapStack } from "../scenario/test-frames.ts";
import { requireUsableProxy } from "./http/proxy-settings.ts";

type Bundle = Extract<MasterMessage, { type: "bundle" }>;
type Answer = Extract<WorkerMessage, { type: "need-bundle" | "ready" | "load-failed" }>;

export interface Prepared {
  readonly message: PrepareMessage;
  readonly test: TestDefinition;
  /** Whether anybody might look at the bodies of responses. */
  readonly keepsBodies: boolean;
}

/** Loads the test of the run, once: a master that was lost or restarted asks again, and gets the same answer. */
export class Preparation {
  readonly #answer: (message: Answer) => void;
  #prepared: Prepared | null = null;
  #message: PrepareMessage | null = null;
  /** The bundle is here. */
  #isLoading = false;
  #outcome: Answer | null = null;

  constructor(answer: (message: Answer) => void) {
    this.#answer = answer;
  }

  /** Null until the test is loaded. */
  get prepared(): Prepared | null {
    return this.#prepared;
  }

  prepare(message: PrepareMessage): void {
    const isOther = message.bundleHash !== this.#message?.bundleHash;
    if (isOther && (this.#isLoading || this.#outcome !== null)) return;
    this.#message = message;
    if (this.#prepared !== null) this.#prepared = { ...this.#prepared, message };
    useEnvironment(message.environment);
    if (this.#outcome !== null) this.#answer(this.#outcome);
    else if (!this.#isLoading) this.#answer({ type: "need-bundle", hash: message.bundleHash });
  }

  async load({ source }: Bundle): Promise<void> {
    const message = this.#message;
    if (message === null || this.#isLoading || this.#outcome !== null) return;
    this.#isLoading = true;
    this.#outcome = await this.#tryToLoad(message, source);
    this.#isLoading = false;
    this.#answer(this.#outcome);
  }

  async #tryToLoad(message: PrepareMessage, source: string): Promise<Answer> {
    const hash = message.bundleHash;
    try {
      if (hashOf(source) !== hash) throw new ConfigurationError("the test arrived damaged: its hash does not match");
      requireUsableProxy(message.host, process.env);
      const test = await loadBundle({ hash, source });
      this.#prepared = { message: this.#message ?? message, test, keepsBodies: mayReadBodies(source) };
      return { type: "ready" };
    } catch (error) {
      return { type: "load-failed", error: asThrown(error) };
    }
  }
}

function asThrown(error: unknown): Thrown {
  if (error instanceof Error) return { message: error.message, stack: mapStack(error.stack ?? "") };
  return { message: String(error), stack: "" };
}
