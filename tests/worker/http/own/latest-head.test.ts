import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LatestHead } from "../../../../src/worker/http/own/latest-head.ts";
import type { ResponseHead } from "../../../../src/worker/http/own/response-head.ts";
import { ResponseParser } from "../../../../src/worker/http/own/response-parser.ts";
import { assertProperty } from "../../../support/property.ts";
import { cutsOf, legalResponse } from "./generated-responses.ts";
import { parse } from "./parsed.ts";

/** The responses of a connection to requests of one kind. */
class Responses {
  readonly latest = new LatestHead();
  heads: ResponseHead[] = [];
  body = "";
  readonly #parser = new ResponseParser({
    head: (head) => this.heads.push(head),
    body: (bytes, from, to) => {
      this.body += bytes.toString("latin1", from, to);
    },
  });

  /** Status, headers and body. */
  read(text: string, cuts: readonly number[] = []): readonly unknown[] {
    this.heads = [];
    this.body = "";
    this.#parser.begin(false, this.latest);
    const borders = [0, ...cuts, text.length];
    for (let index = 0; index + 1 < borders.length; index++) {
      const bytes = Buffer.from(text.slice(borders[index], borders[index + 1]), "latin1");
      assert.equal(this.#parser.feed(bytes, 0, bytes.length), bytes.length);
    }
    this.#parser.finish();
    assert.ok(this.#parser.isComplete);
    const [head] = this.heads;
    return [head?.status, head?.record(), this.body, this.#parser.keepsAlive, this.#parser.idleSeconds];
  }
}

const answer = (headers: string, body: string) =>
  `HTTP/1.1 200 OK\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`;

test("a repeated head is not parsed again, and has the same content", () => {
  const responses = new Responses();
  const first = responses.read(answer("X: 1\r\nKeep-Alive: timeout=3\r\n", "ab"));
  const [head] = responses.heads;
  const second = responses.read(answer("X: 1\r\nKeep-Alive: timeout=3\r\n", "cd"));
  assert.equal(responses.heads[0], head);
  assert.deepEqual(
    [first, second],
    [
      [200, { x: "1", "keep-alive": "timeout=3", "content-length": "2" }, "ab", true, 3],
      [200, { x: "1", "keep-alive": "timeout=3", "content-length": "2" }, "cd", true, 3],
    ],
  );
});

test("a head that differs in any byte is read anew", () => {
  const responses = new Responses();
  responses.read(answer("Date: 1\r\n", "ab"));
  assert.deepEqual(responses.read(answer("Date: 2\r\n", "ab"))[1], { date: "2", "content-length": "2" });
  assert.equal(responses.read(answer("Date: 2\r\n", "abc"))[2], "abc");
  assert.equal(responses.read(answer("Date: 2\r\nConnection: close\r\n", "abc"))[3], false);
});

test("heads that never repeat are not even compared, until they do again", () => {
  const responses = new Responses();
  for (let id = 0; id < 100; id++) responses.read(answer(`X-Id: ${id}\r\n`, "ab"));
  const bytes = Buffer.from(answer("X-Id: 99\r\n", "ab"));
  assert.equal(responses.latest.match(bytes, 0, bytes.length), null);
  for (let count = 0; count < 600; count++) responses.read(bytes.toString());
  assert.notEqual(responses.latest.match(bytes, 0, bytes.length), null);
});

test("a response is parsed independently of those before it", () => {
  const response = legalResponse
    .filter(({ isAnswerToHead }) => !isAnswerToHead)
    .chain(({ text }) => fc.tuple(fc.constant(text), cutsOf(text)));
  assertProperty(
    fc.property(
      fc.array(response, { minLength: 1, maxLength: 3 }),
      fc.array(fc.nat({ max: 2 }), { maxLength: 6 }),
      (known, order) => {
        const responses = new Responses();
        for (const index of order) {
          const [text, cuts] = known[index % known.length] as [string, number[]];
          const { status, headers, body, keepsAlive, idleSeconds } = parse(text, { closes: true });
          assert.deepEqual(responses.read(text, index === 0 ? [] : cuts), [
            status,
            headers,
            body,
            keepsAlive,
            idleSeconds,
          ]);
        }
      },
    ),
  );
});
