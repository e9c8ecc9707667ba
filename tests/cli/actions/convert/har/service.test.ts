import assert from "node:assert/strict";
import { test } from "node:test";
import { entry, sessionOf } from "./recording.ts";

const html = (url: string, status = 200) => entry({ url, status, mimeType: "text/html" });
const json = (url: string, headers: Record<string, string> = {}) =>
  entry({ url, mimeType: "application/json", headers });
const redirect = (url: string, to: string, status = 302) => {
  const { response, ...rest } = entry({ url, mimeType: "" });
  return { ...rest, response: { ...response, status, redirectURL: to } };
};
const serviceOf = (entries: readonly unknown[], log = {}) => sessionOf(entries, {}, log).origins[0];
const titled = (title: string) => ({ pages: [{ id: "page_1", title, startedDateTime: null }] });

const shop = "https://shop.example";

test("certificate checks, updates and network checks before the page are not the service", () => {
  const before = [
    entry({ url: "http://ocsp.authority.example/", method: "POST", mimeType: "application/ocsp-response" }),
    entry({ url: "http://pki.authority.example/root.crl", mimeType: "application/pkix-crl" }),
    entry({ url: "http://pki.authority.example/check", mimeType: "application/ocsp-response" }),
    html("http://detectportal.firefox.com/canonical.html"),
    html("http://connectivitycheck.gstatic.com/generate_204", 204),
    entry({ url: "http://www.msftconnecttest.com/connecttest.txt", mimeType: "text/html" }),
    json("https://firefox.settings.services.mozilla.com/v1/buckets"),
    json("https://update.googleapis.com/service/update2/json"),
  ];
  const session = sessionOf([...before, html(`${shop}/`), json(`${shop}/api/cart`)]);
  assert.deepEqual([session.origins, session.steps.length], [[shop], 2]);
  assert.equal(session.leftOut.byKind.get("background"), before.length);
  assert.deepEqual(session.leftOut.others, []);
});

test("behind redirects to another origin is the page", () => {
  const to = "https://www.shop.example";
  assert.equal(
    serviceOf([redirect("http://shop.example/", `${shop}/`, 301), redirect(`${shop}/`, `${to}/`), html(`${to}/`)]),
    to,
  );
  // WebPageTest and Browsertime put the URL that was typed into the title.
  const title = titled("Run 1, First View for http://shop.example/");
  const noTypes = [redirect("http://shop.example/", `${to}/`, 301), entry({ url: `${to}/`, mimeType: "" })];
  assert.equal(serviceOf([json("https://statistics.example/"), ...noTypes], title), to);
  assert.equal(
    serviceOf([json("https://other.example/a"), json(`${shop}/a`)], { pages: [{ _URL: `${shop}/` }] }),
    shop,
  );
});

test("a circle of redirects ends", () => {
  const circle = [
    redirect("http://a.example/", "http://b.example/"),
    redirect("http://b.example/", "http://a.example/"),
  ];
  assert.equal(serviceOf(circle, titled("http://a.example/")), "http://a.example");
});

test("a login elsewhere is not the service of the page that sends there", () => {
  const elsewhere = "https://login.partner.example";
  const session = [
    redirect(`${shop}/`, `${elsewhere}/authorize`),
    html(`${elsewhere}/authorize`),
    redirect(`${elsewhere}/authorize`, `${shop}/callback`),
    redirect(`${shop}/callback`, `${shop}/`),
    html(`${shop}/`),
  ];
  assert.equal(serviceOf(session), shop);
  assert.equal(serviceOf(session.slice(1)), shop);
  for (const host of ["people.example", "shop.okta.com", "accounts.google.com", "shop.b2clogin.com"]) {
    const at = `https://${host}`;
    assert.equal(serviceOf([redirect(`${shop}/`, at), html(at), redirect(at, `${shop}/`), html(`${shop}/`)]), shop);
  }
});

test("a search, an advertisement and a frame are not the page", () => {
  assert.equal(serviceOf([html("https://www.google.com/search?q=shop"), html(`${shop}/`)]), shop);
  assert.equal(serviceOf([html("https://ad.doubleclick.net/frame"), html(`${shop}/`)]), shop);
  const frame = entry({ url: "https://frames.example/", headers: { "Sec-Fetch-Dest": "iframe" } });
  const tab = entry({ url: `${shop}/`, headers: { "Sec-Fetch-Dest": "document" } });
  assert.equal(serviceOf([frame, tab]), shop);
  assert.equal(
    serviceOf([entry({ url: "https://parts.example/x", type: "xhr" }), entry({ url: shop, type: "document" })]),
    shop,
  );
  const pixel = html("https://pixel.example/sync");
  assert.equal(serviceOf([pixel, html(`${shop}/`)], titled(`${shop}/`)), shop);
  assert.equal(
    serviceOf([
      { ...entry({ url: "https://pixel.example/sync", headers: { Referer: `${shop}/` } }) },
      html(`${shop}/`),
    ]),
    shop,
  );
});

test("a page that another recorded site has asked for is a frame, whatever its own frames say", () => {
  const frames = "https://frames.example";
  const outer = entry({ url: `${frames}/outer`, headers: { Referer: `${shop}/` } });
  const inner = entry({ url: `${frames}/inner`, headers: { Referer: `${frames}/outer` } });
  assert.equal(serviceOf([outer, inner, json(`${shop}/api/cart`, { Referer: `${shop}/` })]), shop);
  assert.equal(serviceOf([outer, inner, html(`${shop}/`)]), shop);
  const linked = entry({ url: `${shop}/`, headers: { Referer: "https://www.google.com/" } });
  assert.equal(serviceOf([html("https://www.google.com/search?q=shop"), linked]), shop);
});

test("without a page the service is that of most requests at the one site, or at the site that they come from", () => {
  const api = "https://api.shop.example";
  assert.equal(serviceOf([json(`${shop}/one`), json(`${api}/a`), json(`${api}/b`)]), api);
  const from = { Referer: `${shop}/start` };
  const hits = [1, 2, 3].map((hit) => json(`https://statistics.example/${hit}`, from));
  assert.equal(serviceOf([...hits, json(`${api}/a`, { Origin: shop })]), api);
  const session = sessionOf([json("https://www.google-analytics.com/"), json(`${api}/a`), json(`${api}/b`)]);
  assert.equal(session.why, "most requests, and no page, in the recording");
});

test("without a sign whose service it is, the one to load has to be named", () => {
  const api = "https://api.shop.example";
  const hits = [1, 2, 3].map((hit) => json(`https://statistics.example/${hit}`, { Origin: shop }));
  const pattern =
    /the recording does not show which service is yours; it contains requests to .*; name your service, e\.g\. /;
  const unclear: readonly (readonly unknown[])[] = [
    // From pages that were not recorded, to another site than theirs.
    hits,
    // How often each was asked does not say whose it is.
    [1, 2, 3].map((hit) => json(`https://statistics.example/${hit}`)).concat(json(`${api}/a`)),
    // Pages of others only.
    [html("https://www.google.com/search?q=shop"), html("https://ad.doubleclick.net/frame")],
    [json("https://www.google-analytics.com/g/collect"), json("https://o1.ingest.sentry.io/envelope")],
  ];
  for (const entries of unclear) assert.throws(() => sessionOf(entries), pattern);
  assert.throws(
    () => sessionOf([json("https://www.google-analytics.com/g/collect"), ...hits]),
    /requests to https:\/\/statistics\.example, https:\/\/www\.google-analytics\.com; .* --origin https:\/\/statistics\.example$/,
  );
  assert.equal(sessionOf(hits, { origins: ["https://statistics.example"] }).steps.length, 3);
});
