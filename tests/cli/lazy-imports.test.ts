import assert from "node:assert/strict";
import { registerHooks } from "node:module";
import { test } from "node:test";

test("a run without the web page loads nothing of it", async () => {
  const loaded: string[] = [];
  const hooks = registerHooks({
    load(url, context, next) {
      loaded.push(url);
      return next(url, context);
    },
  });
  await import("../../src/cli/main.ts");
  await import("../../src/cli/execute-run.ts");
  hooks.deregister();
  assert.ok(loaded.some((url) => url.endsWith("/src/master/master.ts")));
  assert.deepEqual(
    loaded.filter((url) => /\/(@?hono|zod-to-openapi|openapi3-ts)\/|\/src\/api\//.test(url)),
    [],
  );
});
