import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestDefinition } from "../../../src/scenario/definition/define.ts";
import { withConnections } from "../../../src/scenario/resolve/override-connections.ts";

const tasks = { t: () => {} };
const definition: TestDefinition = {
  tls: { ca: "ca.pem" },
  connectTo: { "a.test": "10.0.0.1", "b.test": "10.0.0.2" },
  users: [
    { name: "A", tasks },
    { name: "B", tasks, tls: { insecure: false }, connectTo: { "a.test": "10.0.0.3" } },
  ],
};

test("without flags, a test stays as it is, with the hosts that it may load", () => {
  const allowedHosts = ["a.test"];
  const limited = withConnections(definition, { insecure: false, connectTo: {}, allowedHosts });
  assert.deepEqual(limited, { ...definition, allowedHosts });
});

test("--insecure applies to every class, and --connect-to comes before every entry", () => {
  const { tls, connectTo, users } = withConnections(definition, {
    insecure: true,
    connectTo: { "a.test": ["::1"], "*": [":1"] },
    allowedHosts: [],
  });
  assert.deepEqual(tls, { ca: "ca.pem", insecure: true });
  assert.deepEqual(Object.entries(connectTo ?? {}), [
    ["a.test", ["::1"]],
    ["*", [":1"]],
    ["b.test", "10.0.0.2"],
  ]);
  assert.deepEqual(
    users.map((user) => user.tls),
    [{ insecure: true }, { insecure: true }],
  );
  assert.deepEqual(Object.keys(users[1]?.connectTo ?? {}), ["a.test", "*"]);
});
