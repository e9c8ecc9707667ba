import { closeSync, openSync, readFileSync, readSync, writeSync } from "node:fs";

/** Matches the names of variables with secrets: MUSTER_TOKEN, MUSTER_WEB_TOKEN, MUSTER_OTLP_HEADER, … */
const secretVariable = /^MUSTER_(?:\w+_)?(?:TOKEN|SECRET|PASSWORD|PASSPHRASE|HEADER|WEBHOOK)$/;
const mask = "*";

/**
 * Removes muster's own secrets from the places where the code of a test could read them: from the environment, which all
 * threads and processes that are started later inherit, from `process.argv`, and on Linux also from what `/proc/PID/environ`
 * and `/proc/PID/cmdline` show. Call it after the options are parsed, and before any part of a test is loaded.
 * @param given values of flags that are secrets
 */
export function eraseSecrets(given: readonly string[]): void {
  const names = Object.keys(process.env).filter((name) => secretVariable.test(name));
  for (const name of names) delete process.env[name];
  const values = given.filter((value) => value !== "");
  for (const [position, word] of process.argv.entries()) {
    process.argv[position] = values.reduce((text, value) => text.replaceAll(value, mask.repeat(3)), word);
  }
  if (process.platform !== "linux" || names.length + values.length === 0) return;
  try {
    overwrite(names, values);
  } catch {
    // There is no /proc, or it cannot be written. A test reads the secrets there only if it searches for them.
  }
}

/** Whether the value of this option is a secret. */
export function isSecretOption(attributeName: string): boolean {
  return /(?:^t|T)oken$|(?:^s|S)ecret$|(?:^p|P)ass(?:word|phrase)$/.test(attributeName);
}

/** Whether the value of this flag is a secret: "--web-token". */
export function isSecretFlag(flag: string): boolean {
  if (!flag.startsWith("--")) return false;
  return isSecretOption(flag.slice(2).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()));
}

/** Overwrites the memory from which the kernel shows the arguments and variables of a process: proc_pid_stat(5), fields 48 to 51. */
function overwrite(names: readonly string[], values: readonly string[]): void {
  const stat = readFileSync("/proc/self/stat", "latin1");
  // The second field is a name in parentheses, which can contain anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [argStart, argEnd, envStart, envEnd] = fields.slice(48 - 3, 52 - 3).map(Number);
  const memory = openSync("/proc/self/mem", "r+");
  try {
    overwriteIn(memory, argStart, argEnd, (text) => values.flatMap((value) => placesOf(value, text)));
    overwriteIn(memory, envStart, envEnd, (text) => names.flatMap((name) => placeOfVariable(name, text)));
  } finally {
    closeSync(memory);
  }
}

/** A part of a text, in bytes. */
type Place = readonly [start: number, end: number];

function overwriteIn(memory: number, start = 0, end = 0, find: (text: string) => readonly Place[] = () => []): void {
  const bytes = Buffer.alloc(Math.max(0, end - start));
  if (bytes.length === 0 || start === 0) return;
  readSync(memory, bytes, 0, bytes.length, start);
  // Latin-1 keeps one character for each byte.
  for (const [from, to] of find(bytes.toString("latin1"))) {
    writeSync(memory, Buffer.from(mask.repeat(to - from)), 0, to - from, start + from);
  }
}

function placesOf(value: string, text: string): Place[] {
  const needle = Buffer.from(value).toString("latin1");
  const places: Place[] = [];
  for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + needle.length)) {
    places.push([at, at + needle.length]);
  }
  return places;
}

function placeOfVariable(name: string, text: string): Place[] {
  const at = text.startsWith(`${name}=`) ? 0 : text.indexOf(`\0${name}=`) + 1;
  if (at === 0 && !text.startsWith(`${name}=`)) return [];
  const from = at + name.length + 1;
  const to = text.indexOf("\0", from);
  return [[from, to < 0 ? text.length : to]];
}
