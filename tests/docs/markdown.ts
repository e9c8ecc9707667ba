import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

export interface CodeBlock {
  readonly language: string;
  readonly text: string;
  /** For messages: "README.md:12". */
  readonly place: string;
}

/** A Markdown file of the project. */
export interface Document {
  /** Relative to the repository. */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly CodeBlock[];
  /** The text without its code blocks. */
  readonly prose: string;
}

/** README.md, CONTRIBUTING.md, CHANGELOG.md, everything in docs/, and what lies beside the examples. */
export async function readDocuments(): Promise<Document[]> {
  const paths = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    ...globSync(["docs/**/*.md", "examples/**/*.md"], { cwd: root }),
  ].sort();
  return await Promise.all(
    paths.map(async (path) => {
      const text = await readFile(root + path, "utf8");
      return { path, text, blocks: blocksOf(path, text), prose: text.replace(fence, "") };
    }),
  );
}

const fence = /^```(\w*)\n([\s\S]*?)^```$/gm;

function blocksOf(path: string, text: string): CodeBlock[] {
  return [...text.matchAll(fence)].map((match) => {
    const [, language = "", code = ""] = match;
    return { language, text: code, place: `${path}:${text.slice(0, match.index).split("\n").length}` };
  });
}

/** The cells of every table row, without its header and ruler. */
export function tableRows(text: string): string[][] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("| ") && !/^\| [-| ]+\|$/.test(line))
    .map((line) =>
      line
        .replace(/^\||\|$/g, "")
        .split("|")
        .map((cell) => cell.trim()),
    );
}

/** GitHub's anchors of a document's headings. */
export function anchorsOf(document: Document): Set<string> {
  const headings = [...document.prose.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}
