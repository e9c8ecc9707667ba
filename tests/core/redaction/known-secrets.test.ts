import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import {
  forgetSecrets,
  hideSecrets,
  hideSecretsIn,
  hideSecretsWithin,
  keepCredentialsOf,
  keepSecret,
  longestForm,
  mostSecrets,
} from "../../../src/core/redaction/known-secrets.ts";
import { redactBody, redactHeader, redactText } from "../../../src/core/redaction/redact.ts";

afterEach(forgetSecrets);

test("a known secret is hidden in all its encodings", () => {
  const secret = 'a+b "c"/ü%$&(x)';
  keepSecret(secret);
  const forms = [
    secret,
    JSON.stringify(secret),
    encodeURIComponent(secret),
    new URLSearchParams({ q: secret }).toString(),
    encodeURI(secret),
    Buffer.from(secret).toString("base64"),
    Buffer.from(secret).toString("base64url"),
  ];
  for (const form of forms) {
    const shown = hideSecrets(`before ${form} after ${form}`);
    assert.match(shown, /^before \S*\*\*\*\S* after \S*\*\*\*\S*$/, form);
  }
});

test("user and password of a URL are hidden, and the header that is made of them", () => {
  keepCredentialsOf("http://ann:p%40ssw0rd@127.0.0.1/");
  assert.equal(hideSecrets("p@ssw0rd p%40ssw0rd"), "*** ***");
  assert.equal(hideSecrets(btoa("ann:p@ssw0rd")), "***");
  keepCredentialsOf("no URL");
  keepCredentialsOf(undefined);
});

test("a short value and a very long one are no secrets; the oldest of too many is forgotten", () => {
  for (const value of ["", "admin", "x".repeat(10_001), null, undefined]) keepSecret(value);
  assert.equal(hideSecrets("the admin page"), "the admin page");
  for (let number = 0; number <= mostSecrets; number++) keepSecret(`secret-${number}-end`);
  assert.equal(hideSecrets("secret-0-end secret-1-end"), "secret-0-end ***");
});

test("of two secrets, the longer one is hidden as a whole", () => {
  keepSecret("abcdef");
  keepSecret("abcdefghi");
  assert.equal(hideSecrets("abcdefghi abcdef"), "*** ***");
});

test("secrets in a value are hidden at any depth, in names too; a value without one is returned itself", () => {
  const plain = { a: ["x", { b: 1, c: null }], at: new Date(0) };
  assert.equal(hideSecretsIn(plain), plain);
  keepSecret("hunter2!");
  assert.equal(hideSecretsIn(plain), plain);
  assert.deepEqual(hideSecretsIn({ a: ["x hunter2!", { "hunter2!": 1, c: null }], n: 5 }), {
    a: ["x ***", { "***": 1, c: null }],
    n: 5,
  });
});

test("the redaction of headers, bodies and texts hides known secrets", () => {
  keepSecret("hunter2!");
  assert.equal(redactHeader("x-what", "is hunter2!"), "is ***");
  assert.equal(redactBody('{"what":"hunter2!"}', "application/json"), '{"what":"***"}');
  assert.equal(redactText("/path/hunter2!/x"), "/path/***/x");
});

test("a secret that begins before a cut is hidden as a whole; what is beyond the cut is left out", () => {
  assert.deepEqual([hideSecretsWithin("0123456789", 4), longestForm()], ["0123", 0]);
  keepSecret("hunter2!");
  assert.ok(longestForm() >= "hunter2!".length);
  assert.equal(hideSecretsWithin("a hunter2! b hunter2! c", 5), "a ***");
  assert.equal(hideSecretsWithin("a hunter2! b hunter2! c", 12), "a *** b");
  assert.equal(hideSecretsWithin("a hunter2! b hunter2! c", 14), "a *** b ***");
  assert.equal(hideSecretsWithin("a hunter2! b", 100), "a *** b");
});
