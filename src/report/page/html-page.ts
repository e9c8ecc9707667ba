import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { packageFolder } from "../../core/own-files.ts";

/** The folder of the built pages. */
const bundles = new URL("dist/ui/", packageFolder);

/** A page made of one of the bundles in dist/ui. */
interface HtmlPage {
  readonly bundle: "report" | "comparison";
  readonly title: string;
  /** The text that is shown by readers that run no scripts. */
  readonly text: string;
  readonly data: unknown;
}

/**
 * Builds one self-contained HTML file: the script of a bundle and the data, both compressed, its style, and a loader.
 * The page makes no network requests and forbids them. All names come from services and tests: they are passed as data,
 * and escaped where they are text.
 */
export function htmlPage({ bundle, title, text, data }: HtmlPage): string {
  const loader = readFileSync(new URL("loader.js", bundles), "utf8");
  const script = readFileSync(new URL(`${bundle}.js`, bundles), "utf8");
  const style = readFileSync(new URL(`${bundle}.css`, bundles), "utf8");
  const policy = `default-src 'none'; script-src ${sourceOf(loader)} ${sourceOf(script)}; style-src ${sourceOf(style)}; img-src data:`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<div id="page"><noscript>${escapeHtml(text)} The charts and tables need JavaScript.</noscript></div>
<script type="text/plain" id="report">${pack(JSON.stringify(data))}</script>
<script type="text/plain" id="code">${pack(script)}</script>
<script>${loader}</script>
</body>
</html>
`;
}

function pack(text: string): string {
  return gzipSync(text, { level: 9 }).toString("base64");
}

/** The hash of an inline script or style for the Content-Security-Policy. */
function sourceOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? "");
}
