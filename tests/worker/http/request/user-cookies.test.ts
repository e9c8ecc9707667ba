import assert from "node:assert/strict";
import { test } from "node:test";
import { parseBase } from "../../../../src/worker/http/request/target.ts";
import { UserCookies } from "../../../../src/worker/http/request/user-cookies.ts";

const url = "http://shop.example/";
const target = parseBase("http://shop.example");

/** The names in the Cookie header of a request at `nowMs`, in the order of their age. */
function namesOf(cookies: UserCookies, nowMs = 0): string[] {
  const header = cookies.headerFor({ ...target, path: "/" }, nowMs);
  return header === "" ? [] : header.split("; ").map((pair) => pair.slice(0, pair.indexOf("=")));
}

test("a service that sets 900 new cookies with each response gets the newest, in a header as servers take it", () => {
  const cookies = new UserCookies();
  for (let response = 0; response < 5; response++) {
    const set = Array.from({ length: 900 }, (_, index) => `c${response}_${index}=${"v".repeat(40)}; Path=/`);
    cookies.keep(url, set);
    const names = namesOf(cookies, response * 1_000);
    const header = cookies.headerFor({ ...target, path: "/" }, response * 1_000);
    assert.ok(names.length >= 180 && names.length <= 180 + 51, `${names.length} cookies`);
    assert.ok(header.length <= 16_384 + 8_192 + 4_096, `${header.length} characters`);
    assert.ok(names.includes(`c${response}_899`));
  }
});

test("large cookies take the place of older ones, and one that is too large is dropped", () => {
  const cookies = new UserCookies();
  for (let index = 0; index < 40; index++) cookies.keep(url, [`large${index}=${"v".repeat(4_000)}; Path=/`]);
  const names = namesOf(cookies);
  assert.equal(names.at(-1), "large39");
  assert.ok(names.length <= 7, names.join(" "));
  cookies.keep(url, [`huge=${"v".repeat(5_000)}; Path=/`]);
  assert.ok(!namesOf(cookies, 1_000).includes("huge"));
});

test("a cookie that is set again and again needs no more than one place, and others stay", () => {
  const cookies = new UserCookies();
  cookies.keep(url, ["first=1; Path=/"]);
  for (let index = 0; index < 1_000; index++) {
    cookies.keep(url, [`session=${index}; Path=/`, `old${index}=x; Path=/; Max-Age=0`]);
  }
  assert.deepEqual(namesOf(cookies), ["first", "session"]);
});

test("many domains are bounded too", () => {
  const cookies = new UserCookies();
  for (let index = 0; index < 500; index++) cookies.keep(`http://h${index}.example/`, ["a=1; Path=/"]);
  const kept = Array.from({ length: 500 }, (_, index) => `http://h${index}.example`).filter(
    (origin, index) => cookies.headerFor({ ...parseBase(origin), path: "/" }, index * 1_000) !== "",
  );
  assert.ok(kept.length <= 101 && kept.includes("http://h499.example"), `${kept.length} domains`);
});

test("a session that is sent with each request outlives any number of others", async () => {
  const cookies = new UserCookies();
  cookies.keep(url, ["session=1; Path=/"]);
  for (let index = 0; index < 300; index++) {
    // Each on a path of its own.
    cookies.keep(url, [`item${index}=${"v".repeat(200)}; Path=/items/${index}`]);
    assert.ok(namesOf(cookies, index * 1_000).includes("session"), `after ${index}`);
    // The clock of cookies has milliseconds.
    if (index % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  }
});
