import { formatDuration } from "../../../../core/duration.ts";
import {
  callCode,
  enclosed,
  fieldCode,
  keyCode,
  literalCode,
  longestPretty,
  type Piece,
  requestStart,
  textCode,
} from "../code/literals.ts";
import type { ReplacedValue } from "../correlation/correlation.ts";
import { takenCode } from "../correlation/taken-code.ts";
import type { RecordedHeader } from "./recorded-headers.ts";
import type { RecordedStep } from "./recorded-step.ts";
import { type SessionNames, secretOf } from "./session-names.ts";

const stepIndent = "      ";

/** Writes a request, the pause before it and the values that are taken from its response, indented for a task. */
export function stepText(step: RecordedStep, names: SessionNames): string {
  const { method, pauseMs } = step;
  const code = new StepCode(step, names);
  const response = names.responses.get(step);
  const start = `${response === undefined ? "" : `const ${response} = `}await ${requestStart(method)}${code.url()}`;
  const lines = [
    ...(pauseMs === 0 ? [] : [`await vu.sleep(${JSON.stringify(formatDuration(pauseMs))});`]),
    `${callCode(start, code.options(), stepIndent)};`,
    ...(names.takenFrom.get(step) ?? []).map(
      (taken) => `const ${names.variables.get(taken)} = ${takenCode(taken, response ?? "")};`,
    ),
  ];
  return lines.map((line) => stepIndent + line).join("\n");
}

/** Writes the parts of the call of one step. */
class StepCode {
  readonly #step: RecordedStep;
  readonly #names: SessionNames;
  readonly #replaced: ReadonlyMap<string, readonly ReplacedValue[]>;

  constructor(step: RecordedStep, names: SessionNames) {
    this.#step = step;
    this.#names = names;
    this.#replaced = Map.groupBy(names.replacedIn.get(step) ?? [], ({ place }) => place.key);
  }

  url(): string {
    const { path, origin } = this.#step;
    const at = path.indexOf("?");
    const pathname = at === -1 ? path : path.slice(0, at);
    const segments = pathname.split("/").flatMap((segment, index): Piece[] => {
      return [index === 0 ? "" : "/", ...this.#encodedPieces(`path:${index}`, segment)];
    });
    const pairs = at === -1 ? [] : path.slice(at + 1).split("&");
    const query = pairs.flatMap((pair, index): Piece[] => {
      return [index === 0 ? "?" : "&", ...this.#encodedPieces(`query:${index}`, pair)];
    });
    const text = textCode([...segments, ...query]);
    const constant = this.#names.origins.get(origin)?.constant;
    return constant === undefined ? text : `${constant} + ${text}`;
  }

  options(): string[] {
    const { origin, path, headers, status, moreOptions } = this.#step;
    const service = this.#names.origins.has(origin) ? origin : "";
    const name = this.#endpointName();
    const isOwnName = name === path.split("?")[0] && ![...this.#replaced.keys()].some((key) => key.startsWith("path:"));
    return [
      // By default the name is the path without its query.
      ...(isOwnName ? [] : [`name: ${JSON.stringify(service + name)}`]),
      ...(headers.length === 0
        ? []
        : [
            `headers: ${enclosed(
              headers.map((header) => this.#header(header)),
              "{}",
              `${stepIndent}  `,
            )}`,
          ]),
      ...this.#body(),
      ...moreOptions,
      // The request also failed in the recording, so this is the expected status.
      ...(status !== null && status >= 400 ? [`expect: ${status}`] : []),
    ];
  }

  /** Returns the recorded name, with `:id` for the segments that are replaced. */
  #endpointName(): string {
    const segments = this.#step.name.split("/");
    return segments.map((segment, index) => (this.#replaced.has(`path:${index}`) ? ":id" : segment)).join("/");
  }

  #header(header: RecordedHeader): string {
    const { name, value } = header;
    const pieces = this.#pieces(`header:${name}`, value);
    const isTaken = pieces.some((piece) => typeof piece === "object");
    const secret = header.isSecret && !isTaken ? secretOf(this.#names, this.#step, header) : undefined;
    return `${name === "__proto__" ? '["__proto__"]' : keyCode(name)}: ${secret?.constant ?? textCode(pieces)}`;
  }

  #body(): string[] {
    const { body } = this.#step;
    const indent = `${stepIndent}  `;
    switch (body.kind) {
      case "none":
        return [];
      case "json": {
        const replaced = new Map(
          [...this.#replaced.values()].flat().map((one) => [one.place.key.slice(5), this.#json(one)]),
        );
        if (body.text.length > longestPretty && replaced.size === 0) return [`json: ${body.text}`];
        return [`json: ${literalCode(JSON.parse(body.text), { indent, replaced })}`];
      }
      case "form": {
        const fields = body.fields.map(({ name, value }) => {
          return fieldCode(name, textCode(this.#pieces(`form:${name}`, value)));
        });
        return [`form: ${enclosed(fields, "{}", indent)}`];
      }
      case "text":
        return [`body: ${textCode(this.#encodedPieces("text", body.text))}`];
      case "bytes":
        return [`body: bytes(${JSON.stringify(body.base64)})`];
    }
  }

  #json({ place, by }: ReplacedValue): string {
    const { code, isNumber } = this.#names.expressionOf(by);
    if (place.isNumber === isNumber) return code;
    return place.isNumber ? `Number(${code})` : `String(${code})`;
  }

  /** Returns the text of a place with expressions in place of the values that are replaced. */
  #pieces(key: string, text: string): Piece[] {
    const replaced = this.#replaced.get(key) ?? [];
    return replaced.reduce<Piece[]>(
      (pieces, { value, by }) => splitBy(pieces, value, this.#names.expressionOf(by)),
      [text],
    );
  }

  /** Does the same as `#pieces` for a text in which values may be percent-encoded. */
  #encodedPieces(key: string, raw: string): Piece[] {
    return (this.#replaced.get(key) ?? []).reduce<Piece[]>(
      (pieces, { value, by }) => {
        const expression = this.#names.expressionOf(by);
        const encoded = encodeURIComponent(value);
        if (encoded === value) return splitBy(pieces, value, expression);
        const wrapped = { code: `encodeURIComponent(${expression.code})` };
        return [encoded, encoded.replaceAll("%20", "+")].reduce(
          (now, form) => splitBy(now, form, wrapped),
          splitBy(pieces, value, expression),
        );
      },
      [raw],
    );
  }
}

/** Replaces the value in the literal pieces, except where it is a part of a longer word. */
function splitBy(pieces: readonly Piece[], value: string, expression: Piece): Piece[] {
  return pieces.flatMap((piece): Piece[] => {
    if (typeof piece !== "string") return [piece];
    const parts: Piece[] = [];
    let rest = piece;
    let from = 0;
    for (let at = rest.indexOf(value); at !== -1; at = rest.indexOf(value, from)) {
      const isWord = /\w/.test(rest[at - 1] ?? "") || /\w/.test(rest[at + value.length] ?? "");
      if (isWord) {
        from = at + 1;
        continue;
      }
      parts.push(rest.slice(0, at), expression);
      rest = rest.slice(at + value.length);
      from = 0;
    }
    return [...parts, rest];
  });
}
