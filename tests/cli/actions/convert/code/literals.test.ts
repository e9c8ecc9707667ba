import assert from "node:assert/strict";
import { test } from "node:test";
import {
  fieldCode,
  literalCode,
  memberCode,
  pathKey,
  textCode,
} from "../../../../../src/cli/actions/convert/code/literals.ts";

test("a text is a string, a template, or an expression alone", () => {
  const token = { code: "token" };
  const count = { code: "count", isNumber: true };
  assert.equal(textCode(['a "b" ', "", "`${x}`"]), '"a \\"b\\" `${x}`"');
  assert.equal(textCode(["", token]), "token");
  assert.equal(textCode([count]), "`${count}`");
  assert.equal(textCode(['a "b" `', token, "${x} \\ \n$"]), '`a "b" \\`${token}\\${x} \\\\ \\n\\$`');
});

test("a field is short only if its name is that of the variable", () => {
  assert.equal(fieldCode("token", "token"), "token");
  assert.equal(fieldCode("a b", '"a b"'), '"a b": "a b"');
  assert.equal(fieldCode("__proto__", '"__proto__"'), '"__proto__": "__proto__"');
  assert.equal(memberCode("x", "a-b") + memberCode("x", 0) + memberCode("x", "a"), 'x["a-b"]x[0]x.a');
});

test("a literal is on one line if it is short; values are replaced by their place", () => {
  const value = { id: 17, list: [1, { a: null }], "x y": true };
  const replaced = new Map([[pathKey(["list", 1, "a"]), "now()"]]);
  assert.equal(literalCode(value, { indent: "", replaced }), '{ id: 17, list: [1, { a: now() }], "x y": true }');
  assert.equal(
    literalCode({ text: "x".repeat(100), none: [] }, { indent: "  " }),
    `{\n    text: "${"x".repeat(100)}",\n    none: [],\n  }`,
  );
});
