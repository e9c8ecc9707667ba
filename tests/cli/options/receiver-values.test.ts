import assert from "node:assert/strict";
import { test } from "node:test";
import { secretsOfReceivers } from "../../../src/cli/options/receiver-values.ts";

test("addresses of webhooks and keys in headers are taken from the command line, a tenant is not", () => {
  const secrets = secretsOfReceivers({
    webhook: ["https://hooks.example.com/services/T0/B0/key"],
    otlpHeader: { "x-api-key": "abc", "x-tenant": "1" },
    prometheusRemoteWriteHeader: { "x-team": "0123456789abcdef" },
  });
  assert.deepEqual(secrets, ["https://hooks.example.com/services/T0/B0/key", "abc", "0123456789abcdef"]);
  assert.deepEqual(secretsOfReceivers({}), []);
});
