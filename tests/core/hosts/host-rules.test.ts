import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAddress } from "../../../src/core/hosts/address.ts";
import {
  HostRules,
  isMetadata,
  loopbackEntries,
  parseHostEntry,
  privateEntries,
} from "../../../src/core/hosts/host-rules.ts";

const near = new HostRules([...loopbackEntries, ...privateEntries]);

test("addresses are read as resolvers and URLs write them", () => {
  for (const [text, groups] of [
    ["127.0.0.1", [0, 0, 0, 0, 0, 0xffff, 0x7f00, 1]],
    ["::", [0, 0, 0, 0, 0, 0, 0, 0]],
    ["[::1]", [0, 0, 0, 0, 0, 0, 0, 1]],
    ["fe80::1%eth0", [0xfe80, 0, 0, 0, 0, 0, 0, 1]],
    ["::ffff:10.0.0.1", [0, 0, 0, 0, 0, 0xffff, 0x0a00, 1]],
    ["::ffff:a00:1", [0, 0, 0, 0, 0, 0xffff, 0x0a00, 1]],
    ["1:2:3:4:5:6:7:8", [1, 2, 3, 4, 5, 6, 7, 8]],
    ["1:2:3:4:5:6:7.8.9.10", [1, 2, 3, 4, 5, 6, 0x708, 0x90a]],
    ["64:ff9b::a9fe:a9fe", [0x64, 0xff9b, 0, 0, 0, 0, 0xa9fe, 0xa9fe]],
  ] as const) {
    assert.deepEqual(parseAddress(text), groups, text);
  }
  for (const text of [
    "",
    "a",
    "1.2.3",
    "1.2.3.256",
    "1:2",
    "1::2::3",
    "1:2:3:4:5:6:7:8:9",
    "12345::",
    "::1.2.3",
    ":1",
  ]) {
    assert.equal(parseAddress(text), null, text);
  }
});

test("an address of metadata is known in every notation, and allowed by itself only", () => {
  const written = [
    ...["http://169.254.169.254/", "http://2852039166/", "http://0xa9fea9fe/", "http://0251.0376.0251.0376/"],
    ...["http://169.254.43518/", "http://[::ffff:169.254.169.254]/", "http://[::ffff:a9fe:a9fe]/", "http://[fe80::1]/"],
    ...["http://[64:ff9b::169.254.169.254]/", "http://[2002:a9fe:a9fe::]/", "http://[::169.254.169.254]/"],
    ...["http://[fd00:ec2::254]/", "http://100.100.100.200/", "http://168.63.129.16/", "http://①⑥⑨.254.169.254/"],
  ];
  const open = new HostRules(["*", "0.0.0.0/0", "::/0", "169.254.0.0/16", "metadata.example"]);
  for (const url of written) {
    const { hostname } = new URL(url);
    assert.ok(isMetadata(parseAddress(hostname) ?? []), url);
    assert.match(open.refusal(hostname.replace(/^\[(.*)\]$/, "$1"), 80) ?? "", /metadata.*--allow-host/, url);
  }
  assert.match(open.addressRefusal("metadata.example", 80, "169.254.169.254") ?? "", /^metadata\.example \(169\./);
  const named = new HostRules(["169.254.169.254"]);
  assert.equal(named.refusal("169.254.169.254", 80), null);
  assert.match(named.refusal("169.254.169.253", 80) ?? "", /metadata/);
});

test("names, their subdomains, ports and ranges are allowed as the entries say", () => {
  const rules = new HostRules([
    "api.example.com",
    "*.example.org",
    "ports.test:8443",
    "10.1.0.0/16",
    "[::1]:80",
    "Ünicode.test",
  ]);
  for (const [host, port, isAllowed] of [
    ["api.example.com", 80, true],
    ["API.example.com.", 9, true],
    ["evil.api.example.com", 80, false],
    ["api.example.com.evil.example", 80, false],
    ["a.b.example.org", 80, true],
    ["example.org", 80, false],
    ["notexample.org", 80, false],
    ["ports.example", 8443, false],
    ["10.1.2.3", 1, true],
    ["10.2.2.3", 1, false],
    ["::1", 80, true],
    ["::1", 81, false],
    ["::ffff:10.1.2.3", 1, true],
  ] as const) {
    assert.equal(rules.refusal(host, port) === null, isAllowed, `${host}:${port}`);
  }
  assert.equal(
    rules.refusal("evil.example", 80),
    "the host evil.example is not allowed: name it in allowedHosts of the test, or by --allow-host evil.example",
  );
});

test("a name of a private network is allowed by its address, any other only by its name", () => {
  for (const host of ["localhost", "api", "db.internal", "127.0.0.1", "10.0.0.1", "fd12::1", "::1"]) {
    assert.equal(near.refusal(host, 80), null, host);
  }
  for (const host of ["evil.example", "8.8.8.8", "2001:db8::1", "172.32.0.1"]) assert.ok(near.refusal(host, 80), host);
  assert.equal(near.addressRefusal("api", 80, "172.18.0.3"), null);
  assert.match(near.addressRefusal("api", 80, "8.8.8.8") ?? "", /host api \(8\.8\.8\.8\) is not allowed/);
  const named = new HostRules(["staging.example.com"]);
  assert.equal(named.addressRefusal("staging.example.com", 80, "10.0.0.1"), null);
  assert.ok(named.addressRefusal("staging.example.com", 80, "169.254.169.254"));
});

test("an entry that is none is refused", () => {
  for (const text of ["", "http://a", "a b", "a/24", "10.0.0.0/129", "a:0", "a:99999", "*.*", "[::1", "a*"]) {
    assert.equal(typeof parseHostEntry(text), "string", text);
  }
});
