import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { forgetSecrets, hideSecrets, keepSecret, mostSecrets } from "../../../src/core/redaction/known-secrets.ts";
import { keepSecretFields } from "../../../src/core/redaction/secret-fields.ts";

afterEach(forgetSecrets);

test("the texts in fields with secret names are secret from then on, at any depth", () => {
  keepSecretFields({
    user: "ann-smith",
    login: { token: "abc-123" },
    tokens: ["def-456", { id: "ghi-789" }],
    cookie: 5,
  });
  assert.equal(hideSecrets("ann-smith abc-123 def-456 ghi-789"), "ann-smith *** *** ***");
  for (const none of [null, undefined, "token", 5, []]) keepSecretFields(none);
});

test("many tokens do not make others forgotten", () => {
  keepSecret("declared");
  keepSecretFields({
    users: Array.from({ length: mostSecrets * 2 }, (_, number) => ({ token: `token-${number}-end` })),
  });
  assert.equal(hideSecrets("declared token-0-end token-1999-end"), "*** *** token-1999-end");
});
