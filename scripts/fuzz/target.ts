import { readdir, readFile } from "node:fs/promises";
import { MusterError } from "../../src/core/errors.ts";
import { UnreadableHistogram } from "../../src/report/hdr/slot-counts.ts";
import { FileFault } from "../../src/scenario/bundle/file-fault.ts";
import { Mutator } from "./mutator.ts";

/** What reads inputs of somebody else. */
export interface FuzzTarget extends AsyncDisposable {
  /** Tries inputs that follow from the seed. Returns their number. @throws what was found */
  round(seed: number): Promise<number>;
}

export interface MutatingOptions {
  /** A folder below scripts/fuzz/corpus; more inputs to begin with can be given. */
  readonly corpus: string;
  readonly more?: readonly Uint8Array[];
  readonly inputsPerRound: number;
  /** Reads an input. Errors of muster are answers; any other is a find. */
  readonly read: (input: Buffer) => unknown;
  readonly close?: () => unknown;
}

/** Reading one input takes less, unless it is a find. */
const longestMs = 5_000;

/** A target whose inputs are changed copies of files, each of which `read` takes as it is. */
export async function mutatingTarget({
  corpus,
  more = [],
  inputsPerRound,
  read,
  close,
}: MutatingOptions): Promise<FuzzTarget> {
  const folder = new URL(`corpus/${corpus}/`, import.meta.url);
  const names = await readdir(folder).catch(() => []);
  const files = await Promise.all(names.sort().map((name) => readFile(new URL(name, folder))));
  const beginnings = [...files, ...more.map((bytes) => Buffer.from(bytes))];
  if (beginnings.length === 0) throw new Error(`no corpus of ${corpus}`);
  return {
    round: async (seed) => {
      const mutator = new Mutator(seed, beginnings);
      for (let n = 0; n < inputsPerRound; n++) await attempt(read, mutator.next());
      return inputsPerRound;
    },
    [Symbol.asyncDispose]: async () => {
      await close?.();
    },
  };
}

/** Whether an error is raised on purpose. Callers of `FileFault` and `UnreadableHistogram` name the file. */
function isAnswer(error: unknown): boolean {
  return error instanceof MusterError || error instanceof FileFault || error instanceof UnreadableHistogram;
}

async function attempt(read: MutatingOptions["read"], input: Buffer): Promise<void> {
  const beganMs = performance.now();
  try {
    await read(input);
  } catch (error) {
    if (!isAnswer(error)) throw new Error(`input in base64: ${input.toString("base64")}`, { cause: error });
  }
  const tookMs = performance.now() - beganMs;
  if (tookMs > longestMs)
    throw new Error(`took ${Math.round(tookMs)} ms; input in base64: ${input.toString("base64")}`);
}
