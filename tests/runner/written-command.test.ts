import assert from "node:assert/strict";
import { test } from "node:test";
import { writtenCommand } from "../../src/runner/written-command.ts";

test("a command is kept as it was typed, quoted where a shell needs it", () => {
  assert.equal(writtenCommand(["run", "my test.ts", "-u", "5", "it's"]), "muster run 'my test.ts' -u 5 'it'\\''s'");
});

test("what lets others in is left out, whichever way it was given", () => {
  for (const flag of ["--token", "--web-token"]) {
    assert.equal(writtenCommand(["master", "t.ts", flag, "s3cret", "--ui"]), `muster master t.ts ${flag} … --ui`);
    assert.equal(writtenCommand(["master", "t.ts", `${flag}=s3c\nret`]), `muster master t.ts ${flag}=…`);
  }
  assert.equal(writtenCommand(["run", "-H", "https://me:s3cret@host/x"]), "muster run -H https://…@host/x");
});
