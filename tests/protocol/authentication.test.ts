import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { isProven, newNonce, proofOf, readIntroduction, versionOf } from "../../src/protocol/authentication.ts";
import { ProtocolError } from "../../src/protocol/channel.ts";
import { protocolVersion } from "../../src/protocol/version.ts";

const token = "the token";
const nonces = { worker: newNonce(), master: newNonce() };

test("a proof is an HMAC-SHA-256 of version, side and both nonces, and does not contain the token", () => {
  const text = `muster ${protocolVersion} worker\n${nonces.worker}\n${nonces.master}`;
  const proof = proofOf(token, "worker", nonces);
  assert.equal(proof, createHmac("sha256", token).update(text).digest("hex"));
  assert.ok(isProven(proof, token, "worker", nonces));
});

test("a proof holds for no other token, side or connection", () => {
  const proof = proofOf(token, "worker", nonces);
  assert.ok(!isProven(proof, `${token} `, "worker", nonces));
  assert.ok(!isProven(proof, "", "worker", nonces));
  assert.ok(!isProven(proof, token, "master", nonces));
  assert.ok(!isProven(proof, token, "worker", { ...nonces, master: newNonce() }));
  assert.ok(!isProven(proof, token, "worker", { ...nonces, worker: newNonce() }));
  assert.ok(!isProven(proof, token, "worker", { worker: nonces.master, master: nonces.worker }));
});

test("no two nonces are the same", () => {
  assert.equal(new Set(Array.from({ length: 1_000 }, newNonce)).size, 1_000);
});

test("what is no introduction of this version is refused", () => {
  const introduction = { type: "introduction", protocol: protocolVersion, nonce: nonces.worker };
  assert.deepEqual(readIntroduction(JSON.stringify(introduction)), introduction);
  for (const wrong of [
    { nonce: "" },
    { nonce: nonces.worker.toUpperCase() },
    { nonce: 7 },
    { protocol: 10 },
    { type: "hello" },
  ]) {
    assert.throws(() => readIntroduction(JSON.stringify({ ...introduction, ...wrong })), ProtocolError);
  }
  // As workers of earlier versions begin.
  assert.equal(versionOf('{"type":"hello","protocol":10,"token":"t"}'), 10);
  assert.equal(versionOf("[]"), null);
});
