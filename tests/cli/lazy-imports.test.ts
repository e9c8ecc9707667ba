import assert from "node:assert/strict";
import { registerHooks } from "node:module";
import { test } from "node:test";

test("a run loads neither the web page nor hdr-histogram-js, and does not import node:http, which is slow", async () => {
  const loaded: string[] = [];
  const hooks = registerHooks({
    load(url, context, next) {
      // What is required makes only what is used; what is imported makes all that a module exports.
      if (url !== "node:http" || context.conditions.includes("import")) loaded.push(url);
      return next(url, context);
    },
  });
  await import("../../src/cli/main.ts");
  await import("../../src/cli/actions/execute.ts");
  await import("../../src/worker/worker.ts");
  await import("../../src/worker/http-engines.ts");
  hooks.deregister();
  assert.ok(loaded.some((url) => url.endsWith("/src/master/master.ts")));
  assert.ok(loaded.some((url) => url.endsWith("/src/worker/http/response/judgement.ts")));
  assert.deepEqual(
    loaded.filter((url) =>
      /^node:http$|\/(@?hono|zod-to-openapi|openapi3-ts|hdr-histogram-js)\/|\/src\/api\//.test(url),
    ),
    [],
  );
});
