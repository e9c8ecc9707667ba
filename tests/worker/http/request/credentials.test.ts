import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { forgetSecrets, keepSecret } from "../../../../src/core/redaction/known-secrets.ts";
import { staysWithOrigin } from "../../../../src/worker/http/request/credentials.ts";

afterEach(forgetSecrets);

test("credentials stay with their origin, by their name or by the form of their value", () => {
  for (const name of ["Authorization", "cookie", "host", "x-api-key", "x-shop-key", "x-key", "Key", "x-auth-token"]) {
    assert.equal(staysWithOrigin(name, "abc"), true, name);
  }
  assert.equal(staysWithOrigin("x-what", "Bearer abc"), true);
  for (const name of ["accept", "x-shop", "x-monkey", "idempotency-key", "x-client-id"]) {
    assert.equal(staysWithOrigin(name, "abc"), false, name);
  }
});

test("a header with a known secret in it stays with its origin, whatever its name", () => {
  keepSecret("correct horse");
  assert.equal(staysWithOrigin("x-shop", "correct horse"), true);
  assert.equal(staysWithOrigin("x-client-id", ["a", `id=${encodeURIComponent("correct horse")}`]), true);
  assert.equal(staysWithOrigin("x-shop", "another horse"), false);
});
