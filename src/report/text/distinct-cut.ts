import { columnsOf, cutTo, graphemesOf, widthOf } from "./text-width.ts";

/**
 * The place where a text is cut: in the middle, so that both ends of a name remain, or at the end, so that the start of
 * a sentence remains.
 */
export type CutPlace = "middle" | "end";

/** Cuts a text to a number of columns. */
type Cut = (text: string, columns: number) => string;

/**
 * Cuts texts to a number of columns, with an ellipsis where something is left out. Different texts remain different:
 * texts that would look alike are cut where they differ, or numbered if that does not help, as long as there is room
 * for an ellipsis and a number.
 * @param place where a text is cut when no other text looks like it
 */
export function cutDistinct(texts: readonly string[], columns: number, place: CutPlace = "middle"): string[] {
  const distinct = [...new Set(texts)];
  const long = distinct.filter((text) => widthOf(text) > columns);
  const cut = new Map(distinct.map((text) => [text, text]));
  if (long.length > 0) {
    const taken = new Set(distinct.filter((text) => widthOf(text) <= columns));
    const usual = place === "end" ? cutTo : cutAt(0.5);
    for (const group of Map.groupBy(long, (text) => usual(text, columns)).values()) {
      for (const [text, short] of cutGroup(group, columns, usual, taken)) cut.set(text, short);
    }
  }
  return texts.map((text) => cut.get(text) ?? text);
}

/** Cuts a single text, or a group of texts that look alike when cut as usual. Adds the results to `taken`. */
function cutGroup(group: readonly string[], columns: number, usual: Cut, taken: Set<string>): Map<string, string> {
  let best = new Map<string, string>();
  for (const cut of cutsFor(group, usual)) {
    const found = toldApart(group, columns, cut, taken);
    if (found.size > best.size) best = found;
    if (best.size === group.length) break;
  }
  for (const short of best.values()) taken.add(short);
  for (const text of group) if (!best.has(text)) best.set(text, numbered(text, columns, taken));
  return best;
}

/** Cuts texts. Leaves out each text whose cut equals one in `taken` or that of a text before it. */
function toldApart(
  group: readonly string[],
  columns: number,
  cut: Cut,
  taken: ReadonlySet<string>,
): Map<string, string> {
  const found = new Map<string, string>();
  const seen = new Set<string>();
  for (const text of group) {
    const short = cut(text, columns);
    if (taken.has(short) || seen.has(short)) continue;
    seen.add(short);
    found.set(text, short);
  }
  return found;
}

/** The maximum number of texts that are compared to find their differences. Nobody reads more. */
const mostCompared = 100;

/**
 * The cuts to try: first the usual one, then cuts that show more of one end, then windows on the places where two texts
 * differ.
 */
function* cutsFor(group: readonly string[], usual: Cut): Generator<Cut> {
  yield usual;
  for (const share of [0.5, 0.3, 0.7, 0.15, 0.85, 0, 1]) yield cutAt(share);
  const sorted = group.slice(0, mostCompared).sort();
  const places = new Set(sorted.slice(1).map((text, position) => commonLength(text, sorted[position] ?? "")));
  for (const from of [...places].sort((a, b) => a - b)) {
    yield (text, columns) => windowFrom(text, from, columns, 0.3);
    yield (text, columns) => windowFrom(text, from, columns, 0);
  }
}

/** Keeps the beginning and the end. `share`: the part of the width that the beginning gets. */
function cutAt(share: number): Cut {
  return (text, columns) => {
    if (widthOf(text) <= columns) return text;
    const room = Math.max(0, columns - 1);
    const head = takeColumns(graphemesOf(text), Math.ceil(room * share));
    const tail = takeColumns(graphemesOf(text).reverse(), room - widthOf(head.join("")));
    return columns < 1 ? "" : `${head.join("")}…${tail.reverse().join("")}`;
  };
}

/** "GET /…, 4711 and more": the beginning, and the text from the grapheme `from`. */
function windowFrom(text: string, from: number, columns: number, headShare: number): string {
  const graphemes = graphemesOf(text);
  const room = Math.max(0, columns - 2);
  const head = takeColumns(graphemes.slice(0, from), Math.floor(room * headShare));
  const left = room - widthOf(head.join(""));
  // Show some of the common part, so that the reader recognises the place.
  const shown = takeColumns(graphemes.slice(Math.max(head.length, from - Math.floor(left / 4))), left);
  const isEnd = graphemes.slice(-shown.length).join("") === shown.join("");
  return columns < 2 ? cutTo(text, columns) : `${head.join("")}…${shown.join("")}${isEnd ? "" : "…"}`;
}

function numbered(text: string, columns: number, taken: Set<string>): string {
  for (let number = 2; ; number++) {
    const suffix = `#${number}`;
    // The width is too small to show any difference.
    if (suffix.length > columns) return cutAt(0.5)(text, columns);
    const short = `${cutAt(0.5)(text, columns - suffix.length)}${suffix}`;
    if (taken.has(short)) continue;
    taken.add(short);
    return short;
  }
}

/** Returns as many of the first graphemes as fit. */
function takeColumns(graphemes: readonly string[], columns: number): string[] {
  const taken: string[] = [];
  let width = 0;
  for (const grapheme of graphemes) {
    width += columnsOf(grapheme);
    if (width > columns) break;
    taken.push(grapheme);
  }
  return taken;
}

function commonLength(a: string, b: string): number {
  const [left, right] = [graphemesOf(a), graphemesOf(b)];
  const end = left.findIndex((grapheme, position) => grapheme !== right[position]);
  return end < 0 ? left.length : end;
}
