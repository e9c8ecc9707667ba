import assert from "node:assert/strict";
import { test } from "node:test";
import { connections, hostEntries } from "../../src/cli/options/option-values.ts";

test("--connect-to takes a place and an address, several of them, and curl's form", () => {
  for (const [text, parsed] of [
    ["api.test:443=10.0.0.5:8443", { "api.test:443": ["10.0.0.5:8443"] }],
    [
      "api.test=10.0.0.5, 10.0.0.6,*=unix:/run/a.sock",
      { "api.test": ["10.0.0.5", "10.0.0.6"], "*": ["unix:/run/a.sock"] },
    ],
    ["[::1]:80=[::1]:81", { "[::1]:80": ["[::1]:81"] }],
    ["api.test:443:10.0.0.5:8443", { "api.test:443": ["10.0.0.5:8443"] }],
    ["::[::1]:8443", { "*": ["[::1]:8443"] }],
    [":443::8443", { ":443": [":8443"] }],
    ["api.test::localhost:", { "api.test": ["localhost"] }],
  ] as const) {
    assert.deepEqual(connections(text), parsed, text);
  }
  assert.deepEqual(connections("b=2", connections("a=1,b=1")), { a: ["1"], b: ["1", "2"] });
});

test("--connect-to says what is wrong with it", () => {
  assert.throws(() => connections("api.test"), /"api\.test": expected "host:port", "host", ":port" or "\*"\./);
  assert.throws(() => connections("a=b=c"), /"b=c": expected "address:port"/);
  assert.throws(() => connections("http://a=b"), /"http:\/\/a=b": expected "host:port"/);
  assert.throws(() => connections("a:80:b:99999"), /"b:99999": expected/);
  assert.throws(() => connections("a=unix:x.sock"), /needs its whole path/);
});

test("--allow-host takes several hosts, and says what is wrong with one", () => {
  assert.deepEqual(hostEntries("a.test, *.b.test:80", ["10.0.0.0/8"]), ["10.0.0.0/8", "a.test", "*.b.test:80"]);
  assert.throws(() => hostEntries("http://a.test"), /"http:\/\/a\.test": expected a host such as/);
});
