import assert from "node:assert/strict";
import { test } from "node:test";
import type { UserTlsOptions } from "../../../../src/scenario/connections/connection.ts";
import { TlsSettings } from "../../../../src/worker/http/network/tls-settings.ts";
import { UserTls } from "../../../../src/worker/http/network/user-tls.ts";

test("vu.http.tls.set refuses what it does not know, and insecure", () => {
  const used: TlsSettings[] = [];
  const tls = new UserTls(TlsSettings.usual, (settings) => used.push(settings));
  const set = (options: unknown) => () => tls.set(options as UserTlsOptions);
  assert.throws(
    set({ insecure: true }),
    /^InvalidValue: vu\.http\.tls\.set\(options\): insecure is set in tls of the test/,
  );
  assert.throws(set({ certt: "x" }), /Unrecognized key: "certt"; did you mean cert\?$/);
  assert.throws(set({ key: 5 }), /key: expected a string in PEM format, the path of a file.*found the number 5$/);
  assert.throws(set({ minVersion: "TLSv1.3", maxVersion: "TLSv1.2" }), /minVersion is above maxVersion$/);
  assert.throws(set({ cert: undefined, key: undefined }), /tls\.set\(options\): cert is undefined$/);
  assert.throws(set(undefined), /expected object/);
  assert.throws(() => Object.assign(tls, { cert: "x" }), TypeError);
  assert.deepEqual(used, []);
  tls.set({ serverName: "api.test" });
  tls.set({ maxVersion: "TLSv1.2" });
  assert.deepEqual(
    used.map(({ serverName }) => serverName),
    ["api.test", "api.test"],
  );
});
