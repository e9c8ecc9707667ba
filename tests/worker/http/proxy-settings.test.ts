import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ConfigurationError } from "../../../src/core/errors.ts";
import { proxyFor, proxySettingsIn, requireUsableProxy } from "../../../src/worker/http/proxy-settings.ts";
import { proxyAuthorization } from "../../../src/worker/http/proxy-url.ts";
import { assertProperty } from "../../support/property.ts";

const proxyOf = (origin: string, variables: Record<string, string>) =>
  proxyFor(origin, proxySettingsIn(variables))?.origin ?? null;
const isDirect = (origin: string, noProxy: string) =>
  proxyFor(origin, { httpProxy: "http://proxy:3128", httpsProxy: "http://proxy:3128", noProxy }) === null;

test("each scheme has its variable, ALL_PROXY is for both, and lower case comes first", () => {
  const both = { HTTP_PROXY: "http://plain:3128", https_proxy: "secure:3129" };
  assert.equal(proxyOf("http://example.com", both), "http://plain:3128");
  assert.equal(proxyOf("https://example.com", both), "http://secure:3129");
  assert.equal(proxyOf("https://example.com", { HTTP_PROXY: "http://plain:3128" }), null);
  assert.equal(proxyOf("http://example.com", {}), null);
  const all = { ALL_PROXY: "http://all:1", https_proxy: "", HTTPS_PROXY: " http://secure:2 " };
  assert.equal(proxyOf("http://example.com", all), "http://all:1");
  assert.equal(proxyOf("https://example.com", all), "http://secure:2");
  assert.equal(
    proxyOf("http://example.com", { http_proxy: "http://lower:1", HTTP_PROXY: "http://upper:1" }),
    "http://lower:1",
  );
  assert.equal(proxyOf("http://example.com", { all_proxy: "http://a:1", no_proxy: "example.com" }), null);
});

test("a proxy may be named without a scheme, by https:, and by an IPv6 address", () => {
  for (const [value, origin] of [
    ["proxy:3128", "http://proxy:3128"],
    ["proxy", "http://proxy"],
    ["me:secret@proxy:3128", "http://proxy:3128"],
    ["https://proxy:443", "https://proxy"],
    ["HTTP://PROXY:3128/", "http://proxy:3128"],
    ["http://[::1]:3128", "http://[::1]:3128"],
    ["http://me:100%@proxy:3128", "http://proxy:3128"],
  ] as const) {
    assert.equal(proxyOf("http://example.com", { HTTP_PROXY: value }), origin, value);
  }
});

test("a proxy that is not understood is refused with the variable and without the password, never gone around", () => {
  for (const [value, message] of [
    [
      "socks5://me:secret@proxy:1080",
      /^.*HTTP_PROXY is "socks5:\/\/…@proxy:1080": proxies of the kind socks5: are not supported; valid/,
    ],
    ["socks5h://proxy:1080", /kind socks5h:/],
    ["ftp://proxy", /kind ftp:/],
    ["http://me:s#cret@proxy:3128", /"http:\/\/…@proxy:3128": it is not a URL \(in a password write # as %23/],
    // As a URL its host is "me".
    ["http://me:1#secret@proxy:3128", /write # as %23/],
    ["http://me:1/secret@proxy:3128", /\/ as %2F/],
    ["http://me:1?secret@proxy:3128", /\? as %3F/],
    ["http://proxy:99999", /"http:\/\/proxy:99999": it is not a URL/],
    ["http://proxy:port", /it is not a URL/],
    ["http://", /it is not a URL/],
    ["http:/proxy:3128", /nothing may follow HOST:PORT/],
    ["http://proxy:3128/path", /nothing may follow HOST:PORT/],
    ["http://my proxy:3128", /there is a blank in it/],
  ] as const) {
    const failure = assert.throws.bind(assert, () => proxyOf("http://example.com", { HTTP_PROXY: value }));
    failure((error: Error) => {
      assert.match(error.message, message, value);
      assert.match(error.message, /^the request cannot be sent: HTTP_PROXY is .* valid are http:\/\/HOST:PORT/);
      assert.doesNotMatch(error.message, /secret|s#cret/);
      return true;
    });
    // Before a run only when the service is behind it.
    assert.throws(() => requireUsableProxy("http://example.com", { http_proxy: value }), ConfigurationError);
    assert.doesNotThrow(() => requireUsableProxy("http://127.0.0.1:8000", { http_proxy: value }));
    assert.doesNotThrow(() => requireUsableProxy("https://example.com", { http_proxy: value }));
    assert.doesNotThrow(() => requireUsableProxy("http://example.com", { http_proxy: value, NO_PROXY: "*" }));
  }
  assert.throws(() => proxyOf("https://example.com", { all_proxy: "socks5://p:1" }), /: all_proxy is "socks5:/);
});

test("credentials are decoded where they are encoded, and sent as they are where not", () => {
  const sent = (userInfo: string) => {
    const header = proxyAuthorization(new URL(`http://${userInfo}@proxy:3128`)) ?? "";
    return Buffer.from(header.replace(/^Basic /, ""), "base64").toString("latin1");
  };
  assert.equal(sent("user:100%"), "user:100%");
  assert.equal(sent("user:p%23ss%2f"), "user:p#ss/");
  assert.equal(sent("us%40er:50%25%"), "us@er:50%%");
  assert.equal(sent("user:%zz%4"), "user:%zz%4");
  assert.equal(sent("user:%ff"), "user:\u00ff");
  assert.equal(sent("user"), "user:");
  assert.equal(proxyAuthorization(new URL("http://proxy:3128")), null);
  assertProperty(
    fc.property(fc.string({ unit: "grapheme" }), (password) => {
      const text = sent(`u:${encodeURIComponent(password)}`);
      assert.equal(Buffer.from(text, "latin1").toString("utf8"), `u:${password}`);
    }),
  );
});

test("this machine itself has no proxy, as for Go", () => {
  for (const host of [
    "localhost:8000",
    "127.0.0.1",
    "127.9.9.9:80",
    "[::1]:8000",
    "a.localhost",
    "localhost.",
    "[::ffff:127.0.0.1]",
  ])
    assert.ok(isDirect(`http://${host}`, ""), host);
  for (const host of ["127.example.com", "notlocalhost", "128.0.0.1", "[::2]"])
    assert.ok(!isDirect(`http://${host}`, ""), host);
});

/** From the documentation of curl (CURLOPT_NOPROXY), of Go (httpproxy.Config) and of Python (urllib). */
const lists: readonly (readonly [noProxy: string, direct: readonly string[], proxied: readonly string[]])[] = [
  ["*", ["http://example.com", "https://10.1.2.3"], []],
  [
    "ample.com",
    ["http://ample.com", "http://ample.com:80", "http://www.ample.com"],
    ["http://www.example.com", "http://ample.com.org"],
  ],
  [".inner.example", ["http://a.b.inner.example", "http://inner.example"], ["http://notinner.example"]],
  ["*.inner.example", ["http://a.inner.example"], ["http://notinner.example"]],
  ["Inner.Example.", ["http://INNER.example", "http://inner.example."], ["http://inner.example.com"]],
  ["bücher.example", ["http://bücher.example", "http://xn--bcher-kva.example"], ["http://buecher.example"]],
  ["other:8080", ["http://other:8080", "http://a.other:8080"], ["http://other", "http://other:8081"]],
  ["other:80", ["http://other", "http://other:80"], ["https://other", "http://other:8080"]],
  ["other:443", ["https://other"], ["http://other"]],
  ["10.0.0.7", ["http://10.0.0.7", "http://10.0.0.7:99"], ["http://10.0.0.70", "http://110.0.0.7"]],
  ["10.0.0.7:99", ["http://10.0.0.7:99"], ["http://10.0.0.7"]],
  ["0.0.7", [], ["http://10.0.0.7"]],
  ["10.0.0.0/8", ["http://10.1.2.3:8080", "https://10.255.255.255"], ["http://11.0.0.1", "http://ten.example"]],
  [
    "192.168.0.0/16,172.16.0.0/12",
    ["http://192.168.9.9", "http://172.31.0.1"],
    ["http://172.32.0.1", "http://192.169.0.1"],
  ],
  ["10.1.2.3/8", ["http://10.200.0.1"], ["http://11.1.2.3"]],
  ["0.0.0.0/0", ["http://8.8.8.8"], ["http://example.com", "http://[fd00::1]"]],
  ["2001:db8::/32", ["http://[2001:db8:1::1]:8080"], ["http://[2001:db9::1]"]],
  ["[2001:db8::]/32", ["http://[2001:db8:1::1]"], ["http://[2001:db9::1]"]],
  ["2001:db8::1", ["http://[2001:db8:0:0::1]"], ["http://[2001:db8::2]"]],
  ["[2001:db8::1]:8080", ["http://[2001:db8::1]:8080"], ["http://[2001:db8::1]"]],
  [
    " a.example , b.example\tc.example,, ",
    ["http://a.example", "http://b.example", "http://c.example"],
    ["http://d.example"],
  ],
  [
    "10.0.0.0/33, 10.0.0.0/x, [a.example], :80, *:80, .",
    [],
    ["http://10.0.0.1", "http://a.example", "http://example.com"],
  ],
];

test("NO_PROXY names hosts, all below them, ports, addresses and networks", () => {
  for (const [noProxy, direct, proxied] of lists) {
    for (const origin of direct) assert.ok(isDirect(origin, noProxy), `${origin} by NO_PROXY=${noProxy}`);
    for (const origin of proxied) assert.ok(!isDirect(origin, noProxy), `${origin} by NO_PROXY=${noProxy}`);
  }
});

test("a network holds the addresses that begin with its bits", () => {
  const addresses = fc.nat({ max: 2 ** 32 - 1 }).filter((value) => value >>> 24 !== 127);
  const dotted = (value: number) => [24, 16, 8, 0].map((bits) => (value >>> bits) & 255).join(".");
  assertProperty(
    fc.property(addresses, addresses, fc.integer({ min: 0, max: 32 }), fc.boolean(), (net, other, prefix, isNear) => {
      const mask = prefix === 0 ? 0 : (-1 << (32 - prefix)) >>> 0;
      const host = isNear ? ((net & mask) | (other & ~mask)) >>> 0 : other;
      fc.pre(host >>> 24 !== 127);
      const isInside = (host & mask) >>> 0 === (net & mask) >>> 0;
      assert.equal(isDirect(`http://${dotted(host)}`, `a.example, ${dotted(net)}/${prefix}`), isInside);
    }),
  );
});

test("for any NO_PROXY and proxy, an origin has an answer or is refused because of the proxy", () => {
  assertProperty(
    fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (value, noProxy) => {
      try {
        const proxy = proxyFor("http://svc.example", { httpProxy: value, httpsProxy: "", noProxy });
        assert.ok(proxy === null || /^https?:$/.test(proxy.protocol));
      } catch (error) {
        assert.match((error as Error).message, /^the request cannot be sent: HTTP_PROXY is /);
      }
    }),
  );
});
