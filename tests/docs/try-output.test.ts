import assert from "node:assert/strict";
import { after, test } from "node:test";
import { withoutNumbers, writtenOutput } from "../../scripts/docs/try-output.ts";
import { MusterProcess } from "../support/muster-process.ts";
import { SampleApi } from "../support/sample-api.ts";

const api = await SampleApi.start({ after });

test("the guide shows what muster try prints for the Plot Palette test, with the token masked", async (t) => {
  const run = new MusterProcess(t, ["try", "examples/plot-palette/plot-palette.ts"], {
    env: { API_ENDPOINT: api.url },
  });
  assert.equal((await run.ended()).code, 0, run.stdout + run.stderr);
  const written = await writtenOutput();
  // To write it anew: scripts/docs/try-output.ts
  assert.equal(withoutNumbers(run.stdout), withoutNumbers(written));
  assert.ok(written.includes("> authorization: Bearer ***") && !written.includes("plot-palette-admin"));
});
