/**
 * Draws what a terminal showed as an SVG picture: `node ansi-svg.ts "CAPTION=FILE" …` reads files made by
 * `tmux capture-pane -e` and prints one picture with a frame for each. See record-terminal.sh.
 */
import { readFile } from "node:fs/promises";

export interface Frame {
  readonly caption: string;
  /** With colour codes (SGR), lines separated by "\n". */
  readonly ansi: string;
}

/** The classes in force: `colour` and `weight`. */
type Style = Map<string, string>;

interface Run {
  readonly column: number;
  readonly text: string;
  readonly classes: string;
}

const columns = 100;
const cellWidth = 7.8;
const lineHeight = 18;
const padding = 16;
const captionHeight = 30;

/** The dark tokens of the project's look. */
const stylesheet = `
  text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #e6edf3; white-space: pre; }
  .caption { fill: #9198a1; font-family: system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
  .b { font-weight: 700; } .d { fill: #9198a1; }
  .f1 { fill: #f85149; } .f2 { fill: #3fb950; } .f3 { fill: #d29922; } .f4 { fill: #4493f8; }`;

export function terminalSvg(frames: readonly Frame[]): string {
  const width = Math.ceil(columns * cellWidth + 2 * padding);
  const parts: string[] = [];
  let top = 0;
  for (const { caption, ansi } of frames) {
    const lines = trimmed(ansi.split("\n"));
    // tmux repeats no code that is still in force at the end of a line.
    const style: Style = new Map();
    const height = captionHeight + lines.length * lineHeight + padding;
    parts.push(
      `<rect x="0.5" y="${top + 0.5}" width="${width - 1}" height="${height - 1}" rx="6" fill="#0d1117" stroke="#30363d"/>`,
      `<text class="caption" x="${padding}" y="${top + 20}">${escaped(caption)}</text>`,
      ...lines.flatMap((line, row) => drawn(line, style, top + captionHeight + (row + 1) * lineHeight - 4)),
    );
    top += height + padding;
  }
  const label = escaped(frames.map((frame) => frame.caption).join("; "));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top - padding}" width="${width}" height="${top - padding}" role="img" aria-label="${label}">`,
    `<style>${stylesheet}\n</style>`,
    ...parts,
    "</svg>\n",
  ].join("\n");
}

/** Each run of one style is placed by its column and stretched to its width, so that tables stay straight in any font. */
function drawn(line: string, style: Style, y: number): string[] {
  return runsOf(line, style).map(({ column, text, classes }) => {
    const x = (padding + column * cellWidth).toFixed(1);
    const length = ([...text].length * cellWidth).toFixed(1);
    const named = classes === "" ? "" : ` class="${classes}"`;
    return `<text${named} x="${x}" y="${y}" textLength="${length}" lengthAdjust="spacingAndGlyphs">${escaped(text)}</text>`;
  });
}

/** Splits a line at its colour codes, and at two or more spaces, so that columns do not share a run. */
function runsOf(line: string, style: Style): Run[] {
  const runs: Run[] = [];
  let column = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with ESC
  for (const part of line.split(/(\x1b\[[0-9;]*m)/)) {
    if (part.startsWith("\x1b")) {
      for (const code of part.slice(2, -1).split(";")) applyCode(style, Number(code));
      continue;
    }
    for (const piece of part.split(/( {2,})/)) {
      const indent = piece.length - piece.trimStart().length;
      if (piece.trim() !== "") {
        runs.push({ column: column + indent, text: piece.trim(), classes: [...style.values()].join(" ") });
      }
      column += [...piece].length;
    }
  }
  return runs;
}

/** The codes that muster uses, and what resets them; a terminal's other abilities are left out. */
function applyCode(style: Style, code: number): void {
  if (code === 0) style.clear();
  else if (code === 1) style.set("weight", "b");
  else if (code === 2) style.set("colour", "d");
  else if (code === 22) {
    style.delete("weight");
    if (style.get("colour") === "d") style.delete("colour");
  } else if (code >= 31 && code <= 34) style.set("colour", `f${code - 30}`);
  else if (code === 39) style.delete("colour");
}

function trimmed(lines: readonly string[]): string[] {
  const first = lines.findIndex((line) => line.trim() !== "");
  const last = lines.findLastIndex((line) => line.trim() !== "");
  return lines.slice(Math.max(0, first), last + 1);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

if (import.meta.main) {
  const frames = await Promise.all(
    process.argv.slice(2).map(async (argument): Promise<Frame> => {
      const [caption = "", file = ""] = argument.split("=");
      return { caption, ansi: await readFile(file, "utf8") };
    }),
  );
  process.stdout.write(terminalSvg(frames));
}
