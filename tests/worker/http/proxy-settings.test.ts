import assert from "node:assert/strict";
import { test } from "node:test";
import { proxyFor, proxySettingsIn } from "../../../src/worker/http/proxy-settings.ts";

const environment = {
  HTTP_PROXY: "http://plain:3128",
  https_proxy: "secure:3129",
  NO_PROXY: ".inner.example, 10.0.0.7,other:8080",
};
const proxyOf = (origin: string, variables: Record<string, string> = environment) =>
  proxyFor(origin, proxySettingsIn(variables))?.origin ?? null;

test("each scheme has its proxy, in upper or lower case, with or without a scheme of its own", () => {
  assert.equal(proxyOf("http://example.com"), "http://plain:3128");
  assert.equal(proxyOf("https://example.com"), "http://secure:3129");
  assert.equal(proxyOf("https://example.com", { HTTP_PROXY: "http://plain:3128" }), null);
  assert.equal(proxyOf("http://example.com", {}), null);
  assert.equal(proxyOf("http://example.com", { HTTP_PROXY: "socks5://plain:1080" }), null);
});

test("hosts without a proxy: this machine, and what NO_PROXY names, with all below", () => {
  for (const host of ["localhost:8000", "127.0.0.1", "127.9.9.9:80", "[::1]:8000", "a.localhost"]) {
    assert.equal(proxyOf(`http://${host}`), null, host);
  }
  for (const host of ["inner.example", "a.b.inner.example", "10.0.0.7", "10.0.0.7:99", "other:8080"]) {
    assert.equal(proxyOf(`http://${host}`), null, host);
  }
  for (const host of ["notinner.example", "10.0.0.70", "other:8081", "127.example.com"]) {
    assert.equal(proxyOf(`http://${host}`), "http://plain:3128", host);
  }
  assert.equal(proxyOf("http://example.com", { HTTP_PROXY: "plain:3128", NO_PROXY: "*" }), null);
});
