import assert from "node:assert/strict";
import { test } from "node:test";
import { type CurlRequest, curlRequests } from "../../../../../src/cli/actions/convert/curl/curl-request.ts";
import { convertCurl } from "../../../../../src/cli/actions/convert/curl/curl-text.ts";
import { shellCommands } from "../../../../../src/cli/actions/convert/curl/shell-words.ts";

const words = (text: string) => shellCommands(text);

test("words are split as a shell splits them", () => {
  assert.deepEqual(words(`curl 'a b'"c \\"d\\" \\$e"\\ f $'g\\'\\n\\u00e9\\x41' '' # comment\n`), [
    ["curl", 'a bc "d" $e f', "g'\né" + "A", ""],
  ]);
  assert.deepEqual(words("curl a \\\n  -H b \\\r\n -k; curl c && curl d | jq .\ncurl e &"), [
    ["curl", "a", "-H", "b", "-k"],
    ["curl", "c"],
    ["curl", "d"],
    ["jq", "."],
    ["curl", "e"],
  ]);
});

test("what browsers copy for Windows is read", () => {
  const text = `curl ^"https://shop.example/?a=1^&b=2^" ^\n  -H ^"accept: */*^" ^\n  --data-raw ^"^{^\\^"a^\\^":^\\^"x y^\\^"^}^"`;
  assert.deepEqual(words(text), [
    ["curl", "https://shop.example/?a=1&b=2", "-H", "accept: */*", "--data-raw", '{"a":"x y"}'],
  ]);
});

function requestOf(text: string): CurlRequest {
  const [request] = words(text).flatMap((command) => curlRequests(command.slice(1)));
  assert.ok(request);
  return request;
}

test("options make the request that curl sends", () => {
  const cases: readonly (readonly [string, string, string, Readonly<Record<string, string>>])[] = [
    ["curl shop.example", "GET http://shop.example/", "", {}],
    ["curl -I https://shop.example/a#b", "HEAD https://shop.example/a", "", {}],
    [
      "curl -XPUT -sSL --url=https://s/a -d a=1 -d b=2",
      "PUT https://s/a",
      "a=1&b=2",
      { "content-type": "application/x-www-form-urlencoded" },
    ],
    [
      "curl https://s -G -d q=a --data-urlencode 'x=a b' --data-urlencode =c/d",
      "GET https://s/?q=a&x=a%20b&c%2Fd",
      "",
      {},
    ],
    [
      `curl https://s --json '{"a":1}'`,
      "POST https://s/",
      '{"a":1}',
      { "content-type": "application/json", accept: "application/json" },
    ],
    [
      "curl https://s -u a:b -b 'c=1' -A me -e https://r",
      "GET https://s/",
      "",
      { authorization: "Basic YTpi", cookie: "c=1", "user-agent": "me", referer: "https://r" },
    ],
    ["curl https://s -H 'X-A: 1' -H 'X-B;' -H 'Accept:'", "GET https://s/", "", { "x-a": "1", "x-b": "" }],
    ["curl https://s -H'A:b' -XDELETE", "DELETE https://s/", "", { a: "b" }],
  ];
  for (const [text, line, body, headers] of cases) {
    const request = requestOf(text);
    assert.equal(`${request.method} ${request.url}`, line, text);
    assert.equal(request.post?.text ?? "", body, text);
    assert.deepEqual(Object.fromEntries(request.headers.map(({ name, value }) => [name, value])), headers, text);
  }
  const { followsRedirects, timeoutMs, ignored } = requestOf("curl -Lk -m 2.5 -x p:1 -o out https://s");
  assert.deepEqual([followsRedirects, timeoutMs, ignored], [true, 2_500, ["--proxy p:1"]]);
  const files = requestOf("curl https://s -F a=1 -F 'f=@x/b.png;type=image/png' -b jar.txt").post?.params;
  assert.deepEqual(files, [
    { name: "a", value: "1", fileName: null, contentType: "" },
    { name: "f", value: "", fileName: "b.png", contentType: "image/png" },
  ]);
});

test("several commands are one task, in their order; each --next and each URL is a request", () => {
  const { text, notes } = convertCurl(
    "curl https://s/a; curl https://s/b https://t/c --next -d x=1 https://s/d",
    "all.sh",
  );
  assert.deepEqual(
    [...text.matchAll(/await vu\.http\.(.*)$/gm)].map(([, call]) => call),
    ['get("/a");', 'get("/b");', 'get(service2 + "/c");', 'post("/d", { form: { x: "1" } });'],
  );
  assert.match(text, /^ {4}requests: async/m);
  assert.deepEqual(notes, ["Made from all.sh: 4 requests."]);
});

test("what a browser adds is left out, what a person writes is kept; secrets come from the environment", () => {
  const browsers =
    "curl https://s/a -H 'accept: */*' -H 'sec-fetch-mode: cors' -H 'user-agent: Mozilla' -b 'sid=1' -H 'x-a: 1'";
  assert.match(
    convertCurl(browsers, "x").text,
    /get\("\/a", \{ headers: \{ "x-a": "1", cookie: recordedCookie \} \}\)/,
  );
  const persons = "curl https://s/a -H 'accept: */*' -A me -H 'authorization: Bearer abc'";
  const { text } = convertCurl(persons, "x");
  assert.match(text, /headers: \{ authorization: recordedAuthorization, accept: "\*\/\*", "user-agent": "me" \}/);
  assert.doesNotMatch(text, /abc/);
});

test("connections go where and as the command says", () => {
  const command =
    "curl -k https://s --connect-to s:443:10.0.0.5:8443 --connect-to ::[::1]: --resolve *:80:10.0.0.6,10.0.0.7";
  const { text, notes } = convertCurl(`${command}; curl -k http://t/a --unix-socket /run/t.sock`, "x");
  assert.match(text, /^ {2}tls: \{ insecure: true \},$/m);
  const entries = `"s:443": "10.0.0.5:8443", "*": "[::1]", ":80": ["10.0.0.6", "10.0.0.7"], t: "unix:/run/t.sock"`;
  const [, written = ""] = /^ {2}connectTo: \{([\s\S]*?)\},\n {2}load/m.exec(text) ?? [];
  assert.equal(
    written
      .trim()
      .replace(/,?\n\s*/g, ", ")
      .replace(/, $/, ""),
    entries,
  );
  assert.deepEqual(notes, ["Made from x: 2 requests."]);
  const wrong = convertCurl("curl https://s --connect-to x --unix-socket t.sock", "x");
  assert.doesNotMatch(wrong.text, /connectTo|tls/);
  assert.deepEqual(wrong.notes.slice(1), ["Not converted:", "  --connect-to x", "  --unix-socket t.sock"]);
});

test("wrong commands are refused in one line", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["curl --hedaer x https://s", /^curl has no option --hedaer, did you mean --header\?$/],
    ["curl https://s -H", /^the curl option -H has no value$/],
    ["curl -% https://s", /^curl has no option -%, in -%$/],
    ["curl -s", /^the curl command has no URL$/],
    ["curl ftp://s/x", /^"ftp:\/\/s\/x" is not the URL of an HTTP service$/],
    ["wget https://s", /^all\.sh contains no curl command$/],
  ];
  for (const [text, message] of cases) assert.throws(() => convertCurl(text, "all.sh"), { message });
});
