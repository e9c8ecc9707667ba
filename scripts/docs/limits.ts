// `npm run docs:limits` writes docs/limits.md: each limit with its value in the code and what happens at it. A test fails when the file is
// not what this script makes.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Limit } from "./limits/limit.ts";
import { limitsByActor } from "./limits/listed-limits.ts";

const root = new URL("../../", import.meta.url);
const target = new URL("docs/limits.md", root);

const head = `# Limits

Every limit that protects muster from what others send it, and what happens at it. \`npm run docs:limits\` makes this page from the code; [SECURITY.md](../SECURITY.md) says what is promised beyond.
`;

/** The text of docs/limits.md. @throws Error when the code has no such constant */
export async function limitsPage(): Promise<string> {
  const sections: string[] = [];
  for (const { actor, limits } of limitsByActor) {
    const rows = await Promise.all(limits.map(row));
    sections.push(`## ${actor}\n| limit | value | what happens |\n| --- | --- | --- |\n${rows.join("\n")}\n`);
  }
  return `${head}\n${sections.join("\n")}`;
}

async function row({ what, file, name, unit, then }: Limit): Promise<string> {
  return `| ${what} | ${shown(await constantOf(file, name), unit)} | ${then} |`;
}

/** The value of a constant in a file of src, or of a number in an object. Only numbers and their products and powers are read. */
async function constantOf(file: string, name: string): Promise<number> {
  const text = await readFile(new URL(`src/${file}`, root), "utf8");
  const [constant, member] = name.split(".");
  const [, whole] = new RegExp(`\\bconst ${constant}(?:: number)? = ([^;]+);`).exec(text) ?? [];
  const [, part] = member === undefined ? [] : (new RegExp(`\\b${member}: ([^,}]+)`).exec(whole ?? "") ?? []);
  const expression = member === undefined ? whole : part;
  if (expression === undefined) throw new Error(`src/${file} has no constant ${name}: change scripts/docs/limits/`);
  const numbers = expression
    .replaceAll("megabyte", String(1024 ** 2))
    .replaceAll("_", "")
    .trim();
  if (!/^[\d\s*+.()xa-f]+$/i.test(numbers)) throw new Error(`src/${file}: ${name} is not a number: ${expression}`);
  return product(numbers);
}

function product(text: string): number {
  return text
    .split(/(?<!\*)\*(?!\*)/)
    .map((factor) =>
      factor
        .split("**")
        .map(Number)
        .reduce((base, power) => base ** power),
    )
    .reduce((all, factor) => all * factor, 1);
}

function shown(value: number, unit: Limit["unit"]): string {
  switch (unit) {
    case "bytes":
      return value % 1024 ** 2 === 0
        ? `${grouped(value / 1024 ** 2)} MiB`
        : value % 1024 === 0
          ? `${grouped(value / 1024)} KiB`
          : `${grouped(value)} bytes`;
    case "ms":
      return value % 86_400_000 === 0
        ? `${value / 86_400_000} days`
        : value % 3_600_000 === 0
          ? `${value / 3_600_000} h`
          : value % 1_000 === 0
            ? `${value / 1_000} s`
            : `${value} ms`;
    case "characters":
      return `${grouped(value)} characters`;
    case "levels":
      return `${grouped(value)} levels`;
    case "":
      return grouped(value);
  }
}

function grouped(value: number): string {
  return value < 1e15 ? value.toLocaleString("en-US") : value.toExponential();
}

if (import.meta.main) {
  await writeFile(target, await limitsPage());
  console.log(`written: ${fileURLToPath(target)}`);
}
