/** Draws simple charts as SVG pictures 720 px wide, in the light tokens of the project's look. */

export const colours = {
  page: "#ffffff",
  surface: "#f6f8fa",
  border: "#d0d7de",
  text: "#1f2328",
  muted: "#59636e",
  requests: "#2171b5",
  users: "#8250df",
  rate: "#bf8700",
  strong: "#08306b",
  failed: "#cf222e",
} as const;

export interface Tick {
  readonly at: number;
  readonly text: string;
}

export interface Axis {
  /** With the unit, e.g. "seconds since the start". */
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly Tick[];
}

export interface ChartOptions {
  readonly title: string;
  /** For whoever does not see the picture. */
  readonly description: string;
  readonly height: number;
  readonly x: Axis;
  /** Null: the picture has rows and no vertical scale. */
  readonly y: Axis | null;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface LineStyle {
  readonly colour: string;
  readonly width?: number;
  /** As of SVG's stroke-dasharray. */
  readonly dash?: string;
}

export interface TextStyle {
  readonly colour?: string;
  readonly anchor?: "start" | "middle" | "end";
  readonly bold?: boolean;
  /** Pixels from the place, to the right and down. */
  readonly dx?: number;
  readonly dy?: number;
}

const width = 720;
const margin = { top: 44, right: 30, bottom: 48, left: 68 };

/** A picture with a title and axes, to which bars, lines, marks and words are added at places of its scales. */
export class Chart {
  readonly #options: ChartOptions;
  readonly #parts: string[] = [];

  constructor(options: ChartOptions) {
    this.#options = options;
  }

  /** From the foot of the chart up. */
  bar(fromX: number, toX: number, y: number, colour: string): void {
    const left = this.#x(fromX) + 1;
    const barWidth = Math.max(1, this.#x(toX) - left - 1);
    const top = this.#y(y);
    const height = this.#foot - top;
    this.#parts.push(
      `<rect x="${px(left)}" y="${px(top)}" width="${px(barWidth)}" height="${px(height)}" fill="${colour}"/>`,
    );
  }

  /** A stretch of the time axis, behind everything that is added later. */
  band(fromX: number, toX: number, colour: string): void {
    const left = this.#x(fromX);
    this.#parts.push(
      `<rect x="${px(left)}" y="${margin.top}" width="${px(this.#x(toX) - left)}" height="${px(this.#foot - margin.top)}" fill="${colour}"/>`,
    );
  }

  line(points: readonly Point[], { colour, width: stroke = 2, dash }: LineStyle): void {
    const path = points.map(({ x, y }) => `${px(this.#x(x))},${px(this.#y(y))}`).join(" ");
    const dashes = dash === undefined ? "" : ` stroke-dasharray="${dash}"`;
    this.#parts.push(
      `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="${stroke}" stroke-linejoin="round"${dashes}/>`,
    );
  }

  dot({ x, y }: Point, colour: string): void {
    this.#parts.push(`<circle cx="${px(this.#x(x))}" cy="${px(this.#y(y))}" r="3.5" fill="${colour}"/>`);
  }

  /** An upright mark; its ends are pixels from the top of the picture. */
  mark(x: number, fromPx: number, toPx: number, colour: string, stroke = 1.5): void {
    const at = px(this.#x(x));
    this.#parts.push(`<path d="M${at} ${fromPx}V${toPx}" stroke="${colour}" stroke-width="${stroke}"/>`);
  }

  /** Words at a place of the scales. */
  text(text: string, { x, y }: Point, style: TextStyle = {}): void {
    this.#words(text, this.#x(x), this.#y(y), style);
  }

  /** Words at a place of the horizontal scale and so many pixels from the top of the picture. */
  textAt(text: string, x: number, topPx: number, style: TextStyle = {}): void {
    this.#words(text, this.#x(x), topPx, style);
  }

  svg(): string {
    const { title, description, height } = this.#options;
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(description)}">`,
      `<style>text { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: ${colours.muted}; }`,
      `.title { font-size: 14px; font-weight: 600; fill: ${colours.text}; } .bold { font-weight: 600; }</style>`,
      `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="6" fill="${colours.page}" stroke="${colours.border}"/>`,
      `<text class="title" x="16" y="26">${escaped(title)}</text>`,
      ...this.#axes(),
      ...this.#parts,
      "</svg>\n",
    ].join("\n");
  }

  #axes(): string[] {
    const { x, y, height } = this.#options;
    const foot = this.#foot;
    const middle = (margin.left + width - margin.right) / 2;
    return [
      ...(y === null ? [] : this.#scale(y)),
      `<path d="M${margin.left} ${foot}H${width - margin.right}" stroke="${colours.muted}"/>`,
      ...x.ticks.flatMap(({ at, text }) => [
        `<path d="M${px(this.#x(at))} ${foot}v4" stroke="${colours.muted}"/>`,
        `<text x="${px(this.#x(at))}" y="${foot + 17}" text-anchor="middle">${escaped(text)}</text>`,
      ]),
      `<text x="${middle}" y="${height - 12}" text-anchor="middle">${escaped(x.label)}</text>`,
    ];
  }

  #scale({ label, ticks }: Axis): string[] {
    const middle = (margin.top + this.#foot) / 2;
    return [
      ...ticks.flatMap(({ at, text }) => [
        `<path d="M${margin.left} ${px(this.#y(at))}H${width - margin.right}" stroke="${colours.border}"/>`,
        `<text x="${margin.left - 8}" y="${px(this.#y(at) + 4)}" text-anchor="end">${escaped(text)}</text>`,
      ]),
      `<text transform="translate(20 ${middle}) rotate(-90)" text-anchor="middle">${escaped(label)}</text>`,
    ];
  }

  #words(text: string, left: number, top: number, style: TextStyle): void {
    const { colour = colours.muted, anchor = "start", bold = false, dx = 0, dy = 0 } = style;
    const weight = bold ? ' class="bold"' : "";
    this.#parts.push(
      `<text${weight} x="${px(left + dx)}" y="${px(top + dy)}" text-anchor="${anchor}" style="fill: ${colour}">${escaped(text)}</text>`,
    );
  }

  get #foot(): number {
    return this.#options.height - margin.bottom;
  }

  #x(value: number): number {
    const { from, to } = this.#options.x;
    return margin.left + ((value - from) / (to - from)) * (width - margin.left - margin.right);
  }

  #y(value: number): number {
    const { from, to } = this.#options.y ?? { from: 0, to: 1 };
    return this.#foot - ((value - from) / (to - from)) * (this.#foot - margin.top);
  }
}

/** Ticks at every multiple of `step`. */
export function ticksEvery(step: number, to: number): Tick[] {
  return Array.from({ length: Math.floor(to / step) + 1 }, (_, position) => {
    const at = position * step;
    return { at, text: at.toLocaleString("en-US") };
  });
}

function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
