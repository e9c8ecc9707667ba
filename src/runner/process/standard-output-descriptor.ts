import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const standardOutput = 1;

/** Prints what is written to the descriptor of standard output past its stream: loggers such as pino do so. */
export function divertDescriptor(print: (text: string) => void): void {
  const { write, writeSync } = fs;
  const printed = (content: unknown, place: readonly unknown[]): number => {
    const bytes = writtenPart(content, place);
    print(bytes.toString("utf8"));
    return bytes.length;
  };
  const diverted = (descriptor: number, content: unknown, ...rest: unknown[]): void => {
    const done = rest.at(-1);
    if (descriptor !== standardOutput || typeof done !== "function") {
      Reflect.apply(write, fs, [descriptor, content, ...rest]);
      return;
    }
    const length = printed(content, rest);
    process.nextTick(() => done(null, length, content));
  };
  // With what `util.promisify` looks for.
  fs.write = Object.defineProperties(diverted, Object.getOwnPropertyDescriptors(write)) as unknown as typeof fs.write;
  fs.writeSync = (descriptor: number, content: unknown, ...rest: unknown[]): number =>
    descriptor === standardOutput
      ? printed(content, rest)
      : Reflect.apply(writeSync as (...words: unknown[]) => number, fs, [descriptor, content, ...rest]);
  syncBuiltinESMExports();
}

/** What of `content` is meant by the arguments behind it: offset and length, or an object of both. */
function writtenPart(content: unknown, [place, size]: readonly unknown[]): Buffer {
  if (!ArrayBuffer.isView(content)) return Buffer.from(String(content));
  const named = typeof place === "object" && place !== null ? (place as { offset?: unknown; length?: unknown }) : null;
  const offset = named === null ? place : named.offset;
  const length = named === null ? size : named.length;
  const start = typeof offset === "number" ? offset : 0;
  const end = typeof length === "number" ? start + length : content.byteLength;
  return Buffer.from(content.buffer, content.byteOffset, content.byteLength).subarray(start, end);
}
