import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { MusterProcess } from "./muster-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** A command that must be refused. */
export interface BadInput {
  readonly what: string;
  readonly words: readonly string[];
  /** The line after "muster: ". */
  readonly says: RegExp;
  /** Default: 104. */
  readonly code?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** The content of test.ts, in the folder where muster is started. */
  readonly file?: string;
}

/** Tests that each input gets one line and the right exit code, and starts nothing. */
export function testBadInput(title: string, inputs: readonly BadInput[]): void {
  // Several at a time: each is a process of its own, and starting it is all that takes time here.
  describe(title, { concurrency: 3 }, () => {
    for (const { what, words, says, code = 104, env = {}, file } of inputs) {
      test(what, async (t) => {
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
