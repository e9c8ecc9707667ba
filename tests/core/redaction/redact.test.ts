import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { redactBody, redactHeader, redactText } from "../../../src/core/redaction/redact.ts";
import { assertProperty } from "../../support/property.ts";

const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl";

describe("headers", () => {
  const cases: readonly (readonly [name: string, value: string, shown: string])[] = [
    ["authorization", "Bearer abc.def", "Bearer ***"],
    ["Authorization", "Basic dXNlcjpwYXNz", "Basic ***"],
    ["authorization", 'Digest username="a", response="b"', "Digest ***"],
    ["authorization", "AWS4-HMAC-SHA256 Credential=AKIA/x, Signature=b", "AWS4-HMAC-SHA256 ***"],
    ["authorization", "secret-without-scheme", "***"],
    ["proxy-authorization", "Basic eA==", "Basic ***"],
    ["cookie", "session=abc; theme=dark", "session=***; theme=***"],
    ["set-cookie", "session=abc; Path=/; HttpOnly", "session=***; Path=/; HttpOnly"],
    ["x-api-key", "k-123", "***"],
    ["x-auth-token", "t", "***"],
    ["x-passphrase", "correct horse", "***"],
    ["x-csrf-token", "t", "***"],
    ["x-amz-security-token", "t", "***"],
    ["ocp-apim-subscription-key", "t", "***"],
    ["location", "/callback?code=abc&state=1#access_token=t", "/callback?code=***&state=1#access_token=***"],
    ["referer", "https://user:pw@shop.example/a?token=t", "https://***@shop.example/a?token=***"],
    ["access-control-allow-credentials", "true", "true"],
    ["www-authenticate", 'Bearer realm="api"', 'Bearer realm="api"'],
    ["content-type", "application/json", "application/json"],
    ["x-anything", jwt, "***"],
  ];
  for (const [name, value, shown] of cases) {
    it(`${name}: ${value}`, () => assert.equal(redactHeader(name, value), shown));
  }
});

describe("URLs", () => {
  const cases: readonly (readonly [url: string, shown: string])[] = [
    ["/jobs?limit=20", "/jobs?limit=20"],
    ["/jobs?token=abc&limit=20", "/jobs?token=***&limit=20"],
    ["/jobs?limit=20&api_key=abc", "/jobs?limit=20&api_key=***"],
    ["/maps?key=AIza", "/maps?key=***"],
    ["/login?user=a&password=b%26c", "/login?user=a&password=***"],
    ["/a?pass%77ord=b", "/a?pass%77ord=***"],
    ["/a?user[password]=b", "/a?user[password]=***"],
    ["/a?X-Amz-Signature=b&X-Amz-Expires=60", "/a?X-Amz-Signature=***&X-Amz-Expires=60"],
    ["https://me:secret@shop.example/", "https://***@shop.example/"],
    ["/a?token=", "/a?token="],
    ["/password/edit?reset_password_token=abc", "/password/edit?reset_password_token=***"],
    [`/verify/${jwt}`, "/verify/***"],
  ];
  for (const [url, shown] of cases) it(url, () => assert.equal(redactText(url), shown));
});

describe("bodies", () => {
  const json = "application/json";
  const cases: readonly (readonly [text: string, type: string, shown: string])[] = [
    ['{"token":"abc","id":1}', json, '{"token":"***","id":1}'],
    ['{ "user": "a",\n  "password" : "b\\"c" }', json, '{ "user": "a",\n  "password" : "***" }'],
    [
      '{"accessToken":"abc","expires_in":3600,"token_type":"Bearer"}',
      json,
      '{"accessToken":"***","expires_in":3600,"token_type":"Bearer"}',
    ],
    [
      '{"pin":1234,"max_tokens":100,"usage":{"total_tokens":7,"tokens":9}}',
      json,
      '{"pin":***,"max_tokens":100,"usage":{"total_tokens":7,"tokens":9}}',
    ],
    [
      '{"credentials":{"name":"a","keys":["b",2,true]},"x":1}',
      json,
      '{"credentials":{"name":"***","keys":["***",***,true]},"x":1}',
    ],
    [
      '{"tokenType":"Bearer","tokenUrl":"/t","reset_password":"/r","reset_password_token":"abc","resetToken":"abc"}',
      json,
      '{"tokenType":"Bearer","tokenUrl":"/t","reset_password":"/r","reset_password_token":"***","resetToken":"***"}',
    ],
    ['{"hasPassword":true,"password":null,"secret":""}', json, '{"hasPassword":true,"password":null,"secret":""}'],
    ['{"password":"cut in the mid', json, '{"password":"***'],
    ['{"tokens":["a","b', json, '{"tokens":["***","***'],
    ['{"payload":"{\\"password\\":\\"abc\\",\\"a\\":1}"}', json, '{"payload":"{\\"password\\":\\"***\\",\\"a\\":1}"}'],
    ['{"a":1}\n{"token":"x"}\n', "application/x-ndjson", '{"a":1}\n{"token":"***"}\n'],
    ['data: {"token":"x"}\n\n', "text/event-stream", 'data: {"token":"***"}\n\n'],
    ["user=a&password=b+c&remember=1", "application/x-www-form-urlencoded", "user=a&password=***&remember=1"],
    [
      '--x\r\nContent-Disposition: form-data; name="password"\r\n\r\nabc\r\n--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--',
      "multipart/form-data; boundary=x",
      '--x\r\nContent-Disposition: form-data; name="password"\r\n\r\n***\r\n--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--',
    ],
    [
      "<login><user>a</user><password>b</password></login>",
      "text/xml",
      "<login><user>a</user><password>***</password></login>",
    ],
    [
      '<input name="csrf_token" type="hidden" value="abc">',
      "text/html",
      '<input name="csrf_token" type="hidden" value="***">',
    ],
    [`hello ${jwt}!`, "text/plain", "hello ***!"],
    ["plain text", "text/plain", "plain text"],
  ];
  for (const [text, type, shown] of cases) {
    it(`${type}: ${text.slice(0, 60).replaceAll("\r\n", "⏎")}`, () => assert.equal(redactBody(text, type), shown));
  }

  it("any JSON: no secret is left wherever the text is cut, and a whole one is still the same JSON", () => {
    const secret = "s3cr3t";
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom("a", 'b"c', "d\\", 1, null, true),
        fc.array(tie("node"), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom("id", "name", 'x"y'), tie("node"), { maxKeys: 3 }),
        fc.constantFrom({ password: secret }, { token: { inner: [secret] } }, { apiKey: `${secret}"\\` }),
      ),
    })).node;
    assertProperty(
      fc.property(value, fc.nat(400), fc.constantFrom(0, 2), (node, cut, indent) => {
        const text = JSON.stringify({ node }, null, indent);
        assert.ok(!redactBody(text.slice(0, cut), json).includes(secret));
        const whole = redactBody(text, json);
        assert.deepEqual(JSON.parse(whole), JSON.parse(text.replace(/s3cr3t(?:\\.)*/g, "***")));
      }),
    );
  });

  it("takes no long time for a text that is made to take one", () => {
    for (const piece of [
      '"token":',
      "<a ",
      '\\"',
      "eyJ",
      "a=",
      "a.",
      "a-",
      "\\\\",
      "<a:",
      '"a" ',
      '\\\\"a\\\\":',
      '"a',
      'name="\r\n',
      "://",
    ]) {
      redactBody(piece.repeat(65_536 / piece.length), "multipart/form-data");
    }
  });
});

describe("any text", () => {
  it("masks credentials by their form", () => {
    assert.equal(redactText("sent Bearer abcdef123 to x"), "sent Bearer *** to x");
    assert.equal(redactText("GET /a?token=b failed"), "GET /a?token=*** failed");
    assert.equal(redactText("no user for (password=b, code=7)"), "no user for (password=***, code=7)");
  });
});
