import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readHar } from "../../../../../src/cli/actions/convert/har/har.ts";
import { recordedSession } from "../../../../../src/cli/actions/convert/har/recorded-session.ts";
import { sessionText } from "../../../../../src/cli/actions/convert/har/session-text.ts";
import { ConfigurationError } from "../../../../../src/core/errors.ts";
import { assertProperty } from "../../../../support/property.ts";

test("whatever a HAR file has in its fields, it is converted or refused in one line", () => {
  const anything = fc.oneof(fc.constant(null), fc.jsonValue({ maxDepth: 1 }));
  const text = fc.oneof(fc.string(), anything);
  const pairs = fc.oneof(
    fc.array(fc.oneof(fc.record({ name: text, value: text }, { requiredKeys: [] }), anything)),
    anything,
  );
  const post = fc.record(
    { mimeType: text, text, params: pairs, encoding: fc.oneof(fc.constant("base64"), anything) },
    { requiredKeys: [] },
  );
  const anyUrl = fc.oneof(
    fc.webUrl({ withFragments: true, withQueryParameters: true }),
    fc.constantFrom(
      "data:,x",
      "blob:https://a.example/1",
      "wss://a.example",
      "http://[::1]:80/",
      "chrome-extension://abc/",
    ),
    anything,
  );
  const anyRequest = fc.record(
    {
      method: fc.oneof(fc.constantFrom("GET", "post", "CONNECT"), anything),
      url: anyUrl,
      headers: pairs,
      queryString: pairs,
      postData: fc.oneof(post, anything),
      bodySize: anything,
    },
    { requiredKeys: [] },
  );
  const content = fc.oneof(
    fc.record(
      {
        mimeType: fc.oneof(fc.constantFrom("text/html", "image/png"), anything),
        text: fc.oneof(
          fc.json(),
          fc.string(),
          fc.constantFrom('<a href="/x/17?y=1"><input value="" name=z>', "<a b='"),
          anything,
        ),
        encoding: fc.oneof(fc.constant("base64"), anything),
      },
      { requiredKeys: ["mimeType"] },
    ),
    anything,
  );
  const response = fc.oneof(
    fc.record(
      {
        status: fc.oneof(fc.integer({ min: -1, max: 600 }), anything),
        headers: pairs,
        content,
        redirectURL: fc.oneof(anyUrl, text),
      },
      { requiredKeys: [] },
    ),
    anything,
  );
  const anyEntry = fc.record(
    {
      startedDateTime: fc.oneof(fc.date().map(String), anything),
      time: anything,
      pageref: text,
      _resourceType: anything,
      request: fc.oneof(anyRequest, anyRequest, anything),
      response,
    },
    { requiredKeys: [] },
  );
  const page = fc.record({ id: text, title: fc.oneof(anyUrl, text) }, { requiredKeys: [] });
  const har = fc.oneof(
    fc.record({
      log: fc.record(
        {
          entries: fc.oneof(fc.array(fc.oneof(anyEntry, anyEntry, anything)), anything),
          pages: fc.oneof(fc.array(fc.oneof(page, anything)), anything),
        },
        { requiredKeys: ["entries"] },
      ),
    }),
    anything,
  );
  let [tried, converted] = [0, 0];
  assertProperty(
    fc.property(har, (json) => {
      tried++;
      try {
        const session = recordedSession(readHar("x.har", json), { origins: [], everything: true });
        converted += sessionText(session, "x.har") === "" ? 0 : 1;
      } catch (error) {
        assert.ok(error instanceof ConfigurationError, String((error as Error).stack));
        assert.doesNotMatch(error.message, /[\r\n]/);
      }
    }),
    { factor: 3 },
  );
  // About one in fifty: the property is not about refusals only.
  assert.ok(converted > tried / 200, `${converted} of ${tried} were converted`);
});
