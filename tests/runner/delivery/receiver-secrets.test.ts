import assert from "node:assert/strict";
import { test } from "node:test";
import { forgetSecrets, hideSecrets } from "../../../src/core/redaction/known-secrets.ts";
import { keepReceiverSecrets, keepWebhookSecrets } from "../../../src/runner/delivery/receiver.ts";

test("passwords and keys in queries and headers are secrets, and tenants are not", (t) => {
  t.after(() => forgetSecrets());
  keepReceiverSecrets("https://me:hunter22@h/x?api_key=k3y-k3y&tenant=shop-1", {
    authorization: "Bearer t0k-t0k",
    "x-scope-orgid": "production",
    "x-honeycomb-team": "abcdefghijklmnop1234",
  });
  const text = "hunter22 k3y-k3y shop-1 production abcdefghijklmnop1234 Bearer t0k-t0k; t0k-t0k alone";
  assert.equal(hideSecrets(text), "*** *** shop-1 production *** ***; *** alone");
});

test("the keys in the path of a webhook are secrets; its short words are not", (t) => {
  t.after(() => forgetSecrets());
  keepWebhookSecrets("HTTPS://hooks.example.com/services/T0/B0/abcdefghijklmnop");
  const text = "Cannot POST /services/T0/B0/abcdefghijklmnop; key abcdefghijklmnop; GET /services/list";
  assert.equal(hideSecrets(text), "Cannot POST ***; key ***; GET /services/list");
  assert.equal(hideSecrets("https://hooks.example.com/services/T0/B0/abcdefghijklmnop"), "***");
});
