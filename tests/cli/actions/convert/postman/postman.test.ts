import assert from "node:assert/strict";
import { test } from "node:test";
import { convertInputs } from "../../../../../src/cli/actions/convert/convert.ts";
import { convertCollection } from "../../../../../src/cli/actions/convert/postman/postman-text.ts";
import { scriptEffect } from "../../../../../src/cli/actions/convert/postman/script.ts";
import { temporaryFolder } from "../../../../support/temporary-folder.ts";
import { sampleCollection } from "./fixture.ts";

const url = "{{baseUrl}}/a";
const textOf = (request: object, rest: object = {}) =>
  convertCollection("c.json", { item: [{ name: "one", request: { url, ...request } }], ...rest }, null).text;

test("folders are tasks in their order, inner ones groups; variables are constants or the state of a user", () => {
  const { text, notes } = convertCollection("c.json", sampleCollection, null);
  assert.match(text, /^ {2}order: "sequential",\n {2}state: \(\) => \(\{ jobId: "" \}\),$/m);
  assert.match(text, /^ {4}Health: async \(vu\) => \{\n {6}await vu\.http\.get\("\/health"\);$/m);
  assert.match(
    text,
    /json: \{ template: "basic", name: `\$\{jobName\} \$\{crypto\.randomUUID\(\)\}` \},\n {8}expect: 201,/,
  );
  assert.match(text, /vu\.state\.jobId = createJobResponse\.json<\{ id: string \}>\(\)\.id;/);
  assert.match(text, /await vu\.group\("One job", async \(\) => \{\n {8}\/\/ Get job\n/);
  assert.match(text, /get\(`\/jobs\/\$\{vu\.state\.jobId\}`, \{ name: "\/jobs\/:jobId" \}\)/);
  assert.match(text, /headers: \{ authorization: `Bearer \$\{adminToken\}` \}/);
  assert.match(text, /^const jobName = env\("JOB_NAME", "job of load-test"\);$/m);
  // Every machine has a variable USER.
  assert.match(text, /^const user = env\("TEST_USER", "load-test"\);$/m);
  assert.match(text, /^ {2}host: baseUrl,$/m);
  assert.equal(notes.at(-1), "These come from the environment: ADMIN_TOKEN.");
});

test("an exported environment gives the values, but not those of secrets", async (t) => {
  const folder = await temporaryFolder(t, {
    "c.json": JSON.stringify(sampleCollection),
    "e.json": JSON.stringify({
      name: "staging",
      values: [
        { key: "baseUrl", value: "staging.example", enabled: true },
        { key: "adminToken", value: "t0p", type: "secret", enabled: true },
        { key: "user", value: "off", enabled: false },
      ],
      _postman_variable_scope: "environment",
    }),
  });
  const { text } = await convertInputs([`${folder}/e.json`, `${folder}/c.json`], { origins: [], everything: false });
  assert.match(text, /^const baseUrl = env\("BASE_URL", "staging\.example"\);$/m);
  assert.match(text, /^ {2}host: `http:\/\/\$\{baseUrl\}`,$/m);
  assert.doesNotMatch(text, /t0p|"off"/);
  await assert.rejects(convertInputs([`${folder}/e.json`], { origins: [], everything: false }), {
    message: /^give one Postman collection/,
  });
});

test("credentials of each type, and of format 2.0", () => {
  const pair = (values: Record<string, string>) => Object.entries(values).map(([key, value]) => ({ key, value }));
  const auth = (type: string, values: Record<string, string>) => textOf({ auth: { type, [type]: pair(values) } });
  assert.match(
    auth("basic", { username: "{{name}}", password: "x" }),
    /^import \{ basicAuth, between, [\s\S]*auth: basicAuth\(nameValue, password\)/,
  );
  const variable = [
    { key: "tokenUrl", value: "/token" },
    { key: "token", value: "t0p" },
  ];
  const declared = textOf({ url: "{{baseUrl}}{{tokenUrl}}?t={{token}}" }, { variable });
  assert.match(declared, /^const tokenUrl = env\("TOKEN_URL", "\/token"\);\nconst token = env\("TOKEN"\);$/m);
  assert.match(auth("apikey", { key: "X-Key", value: "{{key}}" }), /headers: \{ "x-key": key \}/);
  assert.match(auth("apikey", { key: "k", value: "{{key}}", in: "query" }), /get\(`\/a\?k=\$\{key\}`/);
  assert.match(
    auth("oauth2", { accessToken: "{{access}}", headerPrefix: "Token" }),
    /authorization: `Token \$\{access\}`/,
  );
  assert.match(
    textOf({ auth: { type: "bearer", bearer: { token: "abc" } } }),
    /^const bearerToken = env\("BEARER_TOKEN"\);$[\s\S]*authorization: `Bearer \$\{bearerToken\}`/m,
  );
  const text = auth("hawk", {});
  assert.match(text, /^\/\/ Not converted, or not completely:\n\/\/ {3}the credentials of type hawk$/m);
});

test("bodies of each mode; variables in JSON without quotes keep their type", () => {
  const body = (mode: string, value: unknown) => textOf({ method: "POST", body: { mode, [mode]: value } });
  assert.match(
    body("raw", '{"id": {{id}}, "at": {{$timestamp}}, "text": "{{x}} // {{$isoTimestamp}}"}'),
    /json: \{\s+id: JSON\.parse\(id\),\s+at: Math\.floor\(Date\.now\(\) \/ 1000\),\s+text: `\$\{x\} \/\/ \$\{new Date\(\)\.toISOString\(\)\}`,/,
  );
  assert.match(body("raw", "plain {{x}}"), /body: `plain \$\{x\}`/);
  assert.match(body("raw", "{ broken {{x}}"), /body: `\{ broken \$\{x\}`/);
  assert.match(
    body("urlencoded", [
      { key: "a b", value: "{{x}}" },
      { key: "c", value: "d", disabled: true },
    ]),
    /form: \{ "a b": x \}/,
  );
  assert.match(body("formdata", [{ key: "a", value: "b", type: "text" }]), /multipart: \{ a: "b" \}/);
  const repeated = [
    { key: "a", value: "b" },
    { key: "a", value: "{{x}}" },
  ];
  assert.match(body("formdata", repeated), /multipart: \{ a: \["b", x\] \}/);
  assert.match(body("urlencoded", repeated), /form: new URLSearchParams\(\[\["a", "b"\], \["a", x\]\]\)/);
  const file = (value: object) => body("formdata", [{ key: "a", type: "file", ...value }]);
  assert.match(
    file({ src: "/x/a b.png" }),
    /^const aBFile = file\("\/x\/a b\.png"\);$[\s\S]*multipart: \{ a: aBFile \}/m,
  );
  assert.match(
    file({ src: ["x.png", "y.png"], contentType: "a/b" }),
    /multipart: \{ a: \[\{ content: xFile, type: "a\/b" \}, \{ content: yFile, type: "a\/b" \}\] \}/,
  );
  assert.match(file({ src: null }), /the body of one, which is a file/);
  assert.match(body("file", { src: "x.bin" }), /^import \{ between, .* file \}[\s\S]*post\("\/a", \{ body: xFile \}\)/);
  assert.match(body("file", {}), /the body of one, which is a file/);
  assert.match(
    body("graphql", { query: "{ me }", variables: '{"a": {{x}}}' }),
    /json: \{ query: "\{ me \}", variables: \{ a: JSON\.parse\(x\) \} \}/,
  );
});

test("secrets that the collection contains come from the environment, named in the output", () => {
  const literal = (one: object, rest: object = {}) => {
    const json = { item: [{ name: "one", request: { url, method: "POST", ...one } }], ...rest };
    const { text, notes } = convertCollection("c.json", json, null);
    assert.doesNotMatch(text, /s3cret/);
    return `${text}\n${notes.at(-1)}`;
  };
  assert.match(
    literal({ header: [{ key: "Authorization", value: "Bearer s3cret" }] }),
    /authorization: `Bearer \$\{authorization\}`[\s\S]*These come from the environment: (?:BASE_URL, )?AUTHORIZATION\.$/,
  );
  assert.match(literal({ url: "{{baseUrl}}/a?q=1&api_key=s3cret" }), /post\(`\/a\?q=1&api_key=\$\{apiKey\}`\)/);
  assert.match(
    literal({ auth: { type: "apikey", apikey: { key: "key", value: "s3cret", in: "query" } } }),
    /post\(`\/a\?key=\$\{key\}`\)/,
  );
  // Credentials are secret under any name.
  assert.match(
    literal({ auth: { type: "apikey", apikey: { key: "appid", value: "s3cret", in: "query" } } }),
    /post\(`\/a\?appid=\$\{appid\}`\)/,
  );
  const raw = '{"user": "ann", "password": "s3cret", "otp": ["s3cret"], "token": {{token}}}';
  assert.match(
    literal({ body: { mode: "raw", raw } }),
    /json: \{ user: "ann", password, otp: \[otp\], token: JSON\.parse\(token\) \}/,
  );
  const fields = [{ key: "password", value: "s3cret" }];
  assert.match(literal({ body: { mode: "urlencoded", urlencoded: fields } }), /form: \{ password \}/);
  assert.match(literal({ body: { mode: "formdata", formdata: fields } }), /multipart: \{ password \}/);
  // A variable whose name does not tell, but that is sent as a token.
  const admin = literal(
    { auth: { type: "bearer", bearer: { token: "{{admin}}" } } },
    { variable: [{ key: "admin", value: "s3cret" }] },
  );
  assert.match(admin, /^const admin = env\("ADMIN"\);$/m);
  const event = [{ listen: "test", script: { exec: ['pm.environment.set("token", "s3cret");'] } }];
  const { text } = convertCollection("c.json", { item: [{ name: "one", event, request: { url } }] }, null);
  assert.match(text, /vu\.state\.token = token2;/);
  assert.doesNotMatch(text, /s3cret/);
});

test("scripts: what is set from a response, and which status is expected; the rest is listed", () => {
  const effect = (...exec: string[]) => scriptEffect([{ listen: "test", script: { exec } }]);
  const { sets, statuses, isIncomplete } = effect(
    "const { token } = pm.response.json();",
    'var body = JSON.parse(responseBody).data; // "pm."',
    'pm.environment.set("token", token);',
    'pm.globals.set("first", body.items[0].id);',
    'postman.setEnvironmentVariable("other", pm.response.json()["a b"]);',
    'pm.variables.set("etag", pm.response.headers.get("ETag"));',
    'pm.collectionVariables.set("sid", pm.cookies.get("sid"));',
    'pm.environment.set("mode", "fast");',
    'pm.test("ok", () => { pm.expect(pm.response.code).to.be.oneOf([200, 201]); });',
  );
  assert.deepEqual(sets, [
    { name: "token", from: { kind: "json", path: ["token"] } },
    { name: "first", from: { kind: "json", path: ["data", "items", 0, "id"] } },
    { name: "other", from: { kind: "json", path: ["a b"] } },
    { name: "etag", from: { kind: "header", text: "ETag" } },
    { name: "sid", from: { kind: "cookie", text: "sid" } },
    { name: "mode", from: { kind: "text", text: "fast" } },
  ]);
  assert.deepEqual([statuses, isIncomplete], [[200, 201], false]);
  assert.ok(effect('pm.sendRequest("http://x", () => {});').isIncomplete);
  assert.ok(effect('pm.environment.set("x", compute());').isIncomplete);
});

test("a collection without requests is refused; other hosts are whole URLs", () => {
  assert.throws(() => convertCollection("c.json", { item: [{ name: "empty", item: [] }] }, null), {
    message: /^c\.json contains no request$/,
  });
  const item = ["https://a.example/x?y=1#z", "https://a.example", "https://b.example/{{x}}"].map((one, index) => ({
    name: `r${index}`,
    request: one,
  }));
  const { text } = convertCollection("c.json", { item }, null);
  assert.deepEqual(
    [...text.matchAll(/vu\.http\.get\((.*)\);$/gm)].map(([, call]) => call),
    ['"/x?y=1"', '"/"', '`https://b.example/$\u007bx}`, { name: "https://b.example/:x" }'],
  );
  assert.match(text, /host: env\("SERVICE_URL", "https:\/\/a\.example"\)/);
});
