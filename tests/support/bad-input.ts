import assert from "node:assert/strict";
import { describe } from "node:test";
import { casesByDepth } from "./depth.ts";
import { MusterProcess } from "./muster-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** A command with invalid input, which must be refused. */
export interface BadInput {
  readonly what: string;
  readonly words: readonly string[];
  /** Matches the text after "muster: ". */
  readonly says: RegExp;
  /** The expected exit code. Default: 104. */
  readonly code?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** The content of test.ts in the working directory of muster. */
  readonly file?: string;
}

/** Of a list of inputs, `npm test` starts the command for so many. */
const quickInputs = 2;

/** Tests that each input causes one line of output and the right exit code, and starts nothing. */
export function testBadInput(title: string, inputs: readonly BadInput[]): void {
  // Several run at a time: each is its own process, and starting it takes nearly all of the time.
  describe(title, { concurrency: 3 }, () => {
    for (const [{ what, words, says, code = 104, env = {}, file }, declare] of casesByDepth(quickInputs, inputs)) {
      declare(what, async (t) => {
        const folder = await temporaryFolder(t, file === undefined ? {} : { "test.ts": file });
        const muster = new MusterProcess(t, words, { cwd: folder, env });
        const end = await muster.ended();
        assert.equal(muster.saidLines.length, 1, muster.stderr);
        const [, message = ""] = /^muster: (.*)$/.exec(muster.saidLines[0] ?? "") ?? [];
        assert.match(message, says);
        assert.deepEqual(end, { code, signal: null });
        assert.equal(muster.stdout, "");
        assert.deepEqual(muster.log, [], "nothing was started");
      });
    }
  });
}
