import assert from "node:assert/strict";
import { test } from "node:test";
import { allowedHostsOf } from "../../../src/scenario/resolve/allowed-hosts.ts";
import { hostsIn, hostsInValues } from "../../../src/scenario/resolve/named-hosts.ts";

test("hosts are found in URLs and whole texts of the test, not in packages and not in parts", () => {
  const source = `
// lib/auth.ts
var login = "https://me:secret@Auth.Example.com:8443/token", socket = 'wss://chat.example.com';
var name = "users.example.org";
// node_modules/pkg/index.js
var docs = "https://docs.package.example/";
// test.ts
var made = \`https://\${env("HOST")}.example.net/\`, part = \`https://api.\${zone}/\`;
var text = "see http://127.1/ and http://[::1]:80/a", metadata = "http://169.254.169.254/latest";
//# sourceMappingURL=data:application/json;base64,aHR0cDovL2V2aWwuZXhhbXBsZS8=
`;
  assert.deepEqual(hostsIn(source).sort(), [
    ...["127.0.0.1", "::1", "auth.example.com", "chat.example.com", "users.example.org"],
  ]);
  assert.deepEqual(hostsInValues(["https://a.example/x", "b.example:80", "no host", null]), ["a.example", "b.example"]);
});

const base = { source: 'x = "https://text.example/"', environment: {}, allowHosts: [], connectTo: {}, host: undefined };

test("what a test names is allowed, and what is near only if the service is", () => {
  const users = [] as const;
  const far = allowedHostsOf({ ...base, test: { host: "https://api.example.com", users } });
  assert.deepEqual(far, ["api.example.com", "text.example"]);
  const near = allowedHostsOf({ ...base, test: { host: "http://127.0.0.1:8000", users } });
  assert.ok(near.includes("10.0.0.0/8") && near.includes("localhost"));
  const composed = allowedHostsOf({ ...base, test: { host: "http://api:8000", users } });
  assert.ok(composed.includes("172.16.0.0/12"));
});

test("allowedHosts of a test is the whole list beside the flag and the host", () => {
  const test = { host: "http://127.0.0.1:8000", allowedHosts: ["*.example.com"], users: [] };
  const connectTo = { "a.example:443": ["10.0.0.5:8443"] };
  assert.deepEqual(allowedHostsOf({ ...base, test, allowHosts: ["b.example"], connectTo, host: "http://c.example" }), [
    ...["b.example", "*.example.com", "c.example", "127.0.0.1", "a.example", "10.0.0.5"],
  ]);
  const metadata = { ...test, host: "http://169.254.169.254" };
  assert.deepEqual(allowedHostsOf({ ...base, test: metadata }), ["*.example.com"]);
});
