import assert from "node:assert/strict";
import { test } from "node:test";
import { forgetSecrets, hideSecrets } from "../../../src/core/redaction/known-secrets.ts";
import { keepReceiverSecrets } from "../../../src/runner/delivery/receiver.ts";

test("passwords, keys in queries and the values of headers are secrets", (t) => {
  t.after(() => forgetSecrets());
  keepReceiverSecrets("https://me:hunter22@h/x?api_key=k3y-k3y&tenant=shop-1", { authorization: "Bearer t0k-t0k" });
  const text = "hunter22 k3y-k3y shop-1 Bearer t0k-t0k; t0k-t0k alone";
  assert.equal(hideSecrets(text), "*** *** shop-1 ***; *** alone");
});
