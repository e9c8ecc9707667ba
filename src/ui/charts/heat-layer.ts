import type uPlot from "uplot";
import { milliseconds } from "../../report/numbers.ts";
import type { HeatMap } from "../../report/page/model.ts";
import { highest } from "../data/series.ts";

/** The opacity of the faintest cell. A lower one would not be visible on the page. */
const faintest = 0.12;

/** Draws the cells. Their opacity grows with the logarithm of their requests, because most requests share few buckets. */
export function drawHeat(plot: uPlot, heat: HeatMap, colour: string): void {
  const { ctx, bbox } = plot;
  const most = highest(heat.counts.map((column) => highest(column)));
  if (most === 0) return;
  const factor = bucketFactor(heat);
  const tops = heat.bucketsMs.map((lower) => plot.valToPos(lower * factor, "y", true));
  const bottoms = heat.bucketsMs.map((lower) => plot.valToPos(lower, "y", true));
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.fillStyle = colour;
  for (const [column, counts] of heat.counts.entries()) {
    const start = (heat.startMs[column] ?? 0) / 1_000;
    const left = plot.valToPos(start, "x", true);
    const right = plot.valToPos(start + (heat.widthMs[column] ?? 0) / 1_000, "x", true);
    if (right < bbox.left || left > bbox.left + bbox.width) continue;
    for (const [bucket, count] of counts.entries()) {
      if (count === 0) continue;
      const top = tops[bucket] ?? 0;
      ctx.globalAlpha = faintest + (1 - faintest) * (Math.log1p(count) / Math.log1p(most));
      ctx.fillRect(left, top, Math.max(1, right - left), Math.max(1, (bottoms[bucket] ?? 0) - top));
    }
  }
  ctx.restore();
}

/** Returns the text of the cell at a position: its requests and its range. */
export function heatAt(heat: HeatMap, second: number, valueMs: number): string {
  const column = heat.startMs.findLastIndex((start) => start <= second * 1_000);
  const bucket = heat.bucketsMs.findLastIndex((lower) => lower <= valueMs);
  const lower = heat.bucketsMs[bucket];
  const count = heat.counts[column]?.[bucket];
  if (lower === undefined || count === undefined) return "";
  return `${count} of ${milliseconds(lower)}–${milliseconds(lower * bucketFactor(heat))} ms`;
}

/** The range of the y axis in ms, from the lowest to the highest bucket with requests. */
export function heatRange(heat: HeatMap): [from: number, to: number] {
  const hit = heat.bucketsMs.filter((_, bucket) => heat.counts.some((counts) => (counts[bucket] ?? 0) > 0));
  return [roundDown(hit[0] ?? 1), (hit.at(-1) ?? 10) * bucketFactor(heat)];
}

/** Rounds down to one digit: from 0.097, uPlot's logarithmic axis would count 0.11, 0, 0, … without end. */
function roundDown(value: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(value));
  return Number((Math.floor(value / magnitude) * magnitude).toPrecision(1));
}

function bucketFactor({ bucketsMs: [first, second] }: HeatMap): number {
  return first === undefined || second === undefined ? 2 : second / first;
}
