import { ConfigurationError } from "../core/errors.ts";
import type { MasterMessage, PrepareMessage } from "../protocol/master-messages.ts";
import type { Thrown, WorkerMessage } from "../protocol/worker-messages.ts";
import { hashOf } from "../scenario/bundle/bundle.ts";
import { type DataPart, maxDataBytes } from "../scenario/bundle/data-part.ts";
import { useEnvironment } from "../scenario/bundle/environment.ts";
import { isLoaded, loadBundle } from "../scenario/bundle/load-bundle.ts";
import { mayReadBodies } from "../scenario/bundle/reads-bodies.ts";
import { mapStack } from "../scenario/bundle/test-frames.ts";
import { useSecretFiles } from "../scenario/connections/secret-files.ts";
import type { TestDefinition } from "../scenario/definition/define.ts";
import { heldFile, maxFileBytes, type ShippedFile, useFiles } from "../scenario/files/test-files.ts";
import { withConnections } from "../scenario/resolve/override-connections.ts";
import { type AnnouncedPart, ArrivingData, requireAcceptable } from "./arriving-data.ts";
import { PermitTally } from "./http/permits/permit-tally.ts";
import { requireUsableProxy } from "./http/proxy-settings.ts";
import { prepareWebSockets } from "./websocket/handshake.ts";

type BundleMessage = Extract<MasterMessage, { type: "bundle" }>;
type Answer = Extract<WorkerMessage, { type: "need-bundle" | "need-data" | "ready" | "load-failed" }>;
type Outcome = Extract<Answer, { type: "ready" | "load-failed" }>;

/** The state of a worker after each answer to the master. */
export const stateAfter = {
  "need-bundle": "loading",
  "need-data": "loading",
  ready: "ready",
  "load-failed": "failed",
} as const;

/** A test that a worker has loaded. */
export interface Prepared {
  readonly message: PrepareMessage;
  readonly test: TestDefinition;
  /** Whether the test might read the bodies of responses. */
  readonly keepsBodies: boolean;
  /** Counts the permits that are used; null if the run does not count them. */
  readonly tally: PermitTally | null;
}

/** Loads the test of the run once. A master that lost the worker or was restarted asks again, and gets the same answer. */
export class Preparation {
  readonly #answer: (message: Answer) => void;
  readonly #worker: () => number;
  readonly #onLoaded: (test: TestDefinition, message: PrepareMessage) => Promise<void>;
  #prepared: Prepared | null = null;
  #message: PrepareMessage | null = null;
  /** The bundle whose data files are being received. */
  #arriving: { readonly message: BundleMessage; readonly data: ArrivingData } | null = null;
  /** True while the test is loading, after the whole bundle has been received. */
  #isLoading = false;
  #outcome: Outcome | null = null;

  /**
   * @param worker the number of this worker
   * @param onLoaded called when the test is loaded, before this worker is ready; must not reject
   */
  constructor(
    answer: (message: Answer) => void,
    worker: () => number,
    onLoaded: (test: TestDefinition, message: PrepareMessage) => Promise<void> = async () => {},
  ) {
    this.#answer = answer;
    this.#worker = worker;
    this.#onLoaded = onLoaded;
  }

  /** The loaded test; null before. */
  get prepared(): Prepared | null {
    return this.#prepared;
  }

  prepare(message: PrepareMessage): void {
    const isOther = message.bundleHash !== this.#message?.bundleHash;
    if (isOther && (this.#isLoading || this.#outcome !== null)) return;
    if (isOther) this.#arriving = null;
    this.#message = message;
    if (this.#prepared !== null) this.#prepared = { ...this.#prepared, message };
    useEnvironment(message.environment);
    useSecretFiles(message.secretFiles);
    if (this.#outcome !== null) this.#answer(this.#outcome);
    else if (this.#arriving !== null) this.#arriving.data.begin();
    else if (!this.#isLoading) this.#answer({ type: "need-bundle", hash: message.bundleHash });
  }

  /** Takes the code of the test. The files that it imports and sends follow on request. */
  async takeBundle(message: BundleMessage): Promise<void> {
    const { hash } = message;
    if (hash !== this.#message?.bundleHash || this.#isLoading || this.#arriving !== null || this.#outcome !== null)
      return;
    try {
      const ask = (part: string, offset: number) => this.#answer({ type: "need-data", hash: part, offset });
      const data = new ArrivingData(missingParts(message), ask);
      if (data.isComplete) {
        // Nothing is missing, or only empty files.
        await this.#load(message, data.parts);
        return;
      }
      this.#arriving = { message, data };
      data.begin();
    } catch (error) {
      this.#end(failure(error));
    }
  }

  /** Takes a piece of a data file of the test. */
  async takeData(frame: Uint8Array): Promise<void> {
    if (this.#arriving === null) return;
    const { message, data } = this.#arriving;
    try {
      data.take(frame);
      if (!data.isComplete) return;
      this.#arriving = null;
      data.verify();
    } catch (error) {
      this.#arriving = null;
      this.#end(failure(error));
      return;
    }
    await this.#load(message, data.parts);
  }

  async #load(bundle: BundleMessage, data: readonly DataPart[]): Promise<void> {
    const message = this.#message;
    if (message === null) return;
    this.#isLoading = true;
    const outcome = await this.#tryToLoad(message, bundle, data);
    this.#isLoading = false;
    this.#end(outcome);
  }

  async #tryToLoad(message: PrepareMessage, bundle: BundleMessage, data: readonly DataPart[]): Promise<Outcome> {
    const { bundleHash: hash } = message;
    const { source, files } = bundle;
    try {
      if (hashOf(source) !== hash) throw new ConfigurationError("the test arrived damaged: its hash does not match");
      requireUsableProxy(message.host, process.env);
      useFiles(hash, shippedFiles(files, data));
      const { permitFolder } = message;
      const tally = permitFolder === null ? null : await PermitTally.open(permitFolder, this.#worker());
      const test = withConnections(await loadBundle({ hash, source, data }), message.connections);
      await prepareWebSockets(source);
      this.#prepared = { message: this.#message ?? message, test, keepsBodies: mayReadBodies(source), tally };
      await this.#onLoaded(test, message);
      return { type: "ready" };
    } catch (error) {
      return failure(error);
    }
  }

  #end(outcome: Outcome): void {
    this.#outcome = outcome;
    this.#answer(outcome);
  }
}

/**
 * Returns the files of a test that this process does not have, each once.
 * @throws ConfigurationError if the test has more data than this worker accepts
 */
function missingParts({ hash, data, files }: BundleMessage): readonly AnnouncedPart[] {
  requireAcceptable("imports", data, maxDataBytes);
  requireAcceptable("sends", files, maxFileBytes);
  const imported = isLoaded(hash) ? [] : data;
  const sent = files.filter((file) => heldFile(file.hash) === null);
  return [
    ...new Map([...imported, ...sent].map((part) => [part.hash, { hash: part.hash, bytes: part.bytes }])).values(),
  ];
}

/** Returns the files that a test sends, with their content: received now, or kept from an earlier test of this process. */
function shippedFiles(files: BundleMessage["files"], arrived: readonly DataPart[]): ShippedFile[] {
  const byHash = new Map(arrived.map(({ hash, bytes }) => [hash, bytes]));
  return files.map(({ path, hash }) => {
    const bytes = byHash.get(hash) ?? heldFile(hash);
    if (bytes === null) throw new Error(`no content of ${path}`);
    return { path, sha256: hash, bytes };
  });
}

function failure(error: unknown): Outcome {
  return { type: "load-failed", error: asThrown(error) };
}

function asThrown(error: unknown): Thrown {
  if (error instanceof Error) return { message: error.message, stack: mapStack(error.stack ?? "") };
  return { message: String(error), stack: "" };
}
