// Writes what `muster try` prints for the Plot Palette test into docs/guide/try.md. Needs the sample API on port 8000
// (npm run plot-palette-api) and a checkout that has been built: node scripts/docs/try-output.ts
// tests/docs/try-output.test.ts checks that the document has what it prints.

import { spawnSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const document = `${root}docs/guide/try.md`;
const host = "http://127.0.0.1:8000";
const block = /(\n## The whole output\n[\s\S]*?```\n)([\s\S]*?)(?=```)/;

/** The output in the document. */
export async function writtenOutput(): Promise<string> {
  const [, , output] = block.exec(await readFile(document, "utf8")) ?? [];
  if (output === undefined) throw new Error(`${document} has no output of muster try`);
  return output;
}

/** Removes what differs from one try to the next: numbers, and the padding that depends on their length. */
export function withoutNumbers(output: string): string {
  return output
    .replaceAll(/^ {4}(?:blocked|connect|sending|waiting|receiving|under) .*?(?=, \d)/gm, "    TIMES")
    .replaceAll(/\d{8}-\d{6}-[0-9a-f]{4}/g, "RUN")
    .replaceAll(/\b(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat), \d+ \w+ \d+ [\d:]+ GMT/g, "DATE")
    .replaceAll(/\d[\d.,:TZ-]*(?: k?B\b)?/g, "N")
    .replaceAll(/ +/g, " ");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { stdout } = spawnSync(process.execPath, [`${root}bin/muster.js`, "try", "plot-palette.ts"], {
    cwd: `${root}examples/plot-palette`,
    env: { ...process.env, API_ENDPOINT: host },
    encoding: "utf8",
  });
  const text = await readFile(document, "utf8");
  await writeFile(
    document,
    text.replace(block, (_, before: string) => before + stdout.trimStart()),
  );
}
