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
});

test("forms are parts, with their files; a file can be the whole body", () => {
  const parts = `-F a=1 -F 'f=@x/b.png;type=image/png' -F 'f=@"c d.txt";filename=e.txt' -F 'j={"x":1};type=application/json' --form-string 's=@x;type=y'`;
  const { text, notes } = convertCurl(`curl https://s/up ${parts} -H 'content-type: multipart/form-data'`, "x");
  assert.match(text, /^import \{ between, closed, defineTest, defineUser, env, file \} from "muster-load";$/m);
  assert.match(text, /^const bFile = file\("x\/b\.png"\);\nconst cDFile = file\("c d\.txt"\);$/m);
  const [, written = ""] = /vu\.http\.post\("\/up", \{([\s\S]*?)\n {6}\}\);/.exec(text) ?? [];
  const fields = `a: "1", f: [{ content: bFile, type: "image/png" }, { content: cDFile, fileName: "e.txt" }], j: { content: "{\\"x\\":1}", type: "application/json" }, s: "@x;type=y"`;
  assert.equal(written.replace(/\s+/g, " ").replaceAll(", ]", "]").trim(), `multipart: { ${fields}, },`);
  assert.deepEqual(notes.slice(1), ["Files, by paths relative to the test:", "  x/b.png", "  c d.txt"]);
  for (const [command, call] of [
    ["curl https://s/a -T x/y.bin", 'put("/a", { body: yFile })'],
    ["curl https://s/a/ -T x/y.bin", 'put("/a/y.bin", { body: yFile })'],
    [
      "curl https://s/a --data-binary @y.json -H 'content-type: application/json'",
      'post("/a", { headers: { "content-type": "application/json" }, body: yFile })',
    ],
    ["curl https://s/a -F x=@y.bin,z.bin", 'post("/a", { multipart: { x: [yFile, zFile] } })'],
  ]) {
    assert.ok(convertCurl(String(command), "x").text.includes(`await vu.http.${call};`), String(command));
  }
  const unsent = convertCurl("curl https://s -F 'a=<x.txt' -F b=@- -F c=1; curl https://s -T -", "x").notes;
  assert.deepEqual(unsent.slice(1), ["Not converted:", "  --form a=<x.txt", "  --form b=@-", "  --upload-file -"]);
  assert.deepEqual(convertCurl("curl https://s -F password=abc", "x").notes.slice(1), [
    "Secrets may be in queries and bodies. Look at:",
    "  password",
  ]);
});

test("a file of data that -G does not send is named", () => {
  const { notes } = convertCurl("curl https://s -G -d @query.txt", "x");
  assert.match(notes.join("\n"), /--data @query\.txt/);
});

test("certificates are those of the test; a passphrase comes from the environment", () => {
  for (const [options, tls] of [
    ["--cacert ca.pem", 'ca: "ca.pem"'],
    ["-E c.pem", 'cert: "c.pem", key: "c.pem"'],
    ["--cert c.pem:s3cret --key k.pem", 'cert: "c.pem", key: "k.pem", passphrase: env("CERT_PASSPHRASE")'],
    ["--cert c.p12 --pass s3cret -k", 'pfx: "c.p12", passphrase: env("CERT_PASSPHRASE"), insecure: true'],
    ["--cert C:/c/me.pem", 'cert: "C:/c/me.pem", key: "C:/c/me.pem"'],
    ["--cert c.pem:/s3cret:1", 'cert: "c.pem", key: "c.pem", passphrase: env("CERT_PASSPHRASE")'],
    ["--cert-type P12 --cert 'C:\\c:s3cret'", 'pfx: "C:\\\\c", passphrase: env("CERT_PASSPHRASE")'],
  ] as const) {
    const { text, notes } = convertCurl(`curl https://s ${options}`, "x");
    assert.ok(text.includes(`  tls: { ${tls} },\n`), `${options}: ${text}`);
    assert.doesNotMatch(text, /s3cret/);
    const hasPassphrase = notes.includes("The passphrase comes from the environment: CERT_PASSPHRASE.");
    assert.equal(hasPassphrase, String(tls).includes("passphrase"), options);
  }
  const { notes } = convertCurl("curl https://s --cert a.pem; curl https://s --cert b.pem", "x");
  assert.deepEqual(notes.slice(-2), ["Not converted:", "  the certificates b.pem"]);
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
