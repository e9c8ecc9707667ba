import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const [standardOutput, standardError] = [1, 2];

/** Diverts writes that go directly to the descriptors of standard output and error, and not to their streams, as those of pino do. */
export function divertDescriptors(print: (text: string, isError: boolean) => void): void {
  const { write, writeSync } = fs;
  const isOurs = (descriptor: number) => descriptor === standardOutput || descriptor === standardError;
  const printed = (descriptor: number, content: unknown, place: readonly unknown[]): number => {
    const bytes = writtenPart(content, place);
    print(bytes.toString("utf8"), descriptor === standardError);
    return bytes.length;
  };
  const diverted = (descriptor: number, content: unknown, ...rest: unknown[]): void => {
    const done = rest.at(-1);
    if (!isOurs(descriptor) || typeof done !== "function") {
      Reflect.apply(write, fs, [descriptor, content, ...rest]);
      return;
    }
    const length = printed(descriptor, content, rest);
    process.nextTick(() => done(null, length, content));
  };
  // Including the property that `util.promisify` uses.
  fs.write = Object.defineProperties(diverted, Object.getOwnPropertyDescriptors(write)) as unknown as typeof fs.write;
  fs.writeSync = (descriptor: number, content: unknown, ...rest: unknown[]): number =>
    isOurs(descriptor)
      ? printed(descriptor, content, rest)
      : Reflect.apply(writeSync as (...words: unknown[]) => number, fs, [descriptor, content, ...rest]);
  syncBuiltinESMExports();
}

/** Returns the part of `content` that the arguments after it select: offset and length, or an object with both. */
function writtenPart(content: unknown, [place, size]: readonly unknown[]): Buffer {
  if (!ArrayBuffer.isView(content)) return Buffer.from(String(content));
  const named = typeof place === "object" && place !== null ? (place as { offset?: unknown; length?: unknown }) : null;
  const offset = named === null ? place : named.offset;
  const length = named === null ? size : named.length;
  const start = typeof offset === "number" ? offset : 0;
  const end = typeof length === "number" ? start + length : content.byteLength;
  return Buffer.from(content.buffer, content.byteOffset, content.byteLength).subarray(start, end);
}
