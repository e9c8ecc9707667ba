import type uPlot from "uplot";
import type { Mark } from "../data/marks.ts";
import type { TimeRangeMs } from "../selection/selection.ts";
import type { LimitLine } from "./chart-look.ts";
import type { Colours } from "./colours.ts";
import { labelTops } from "./label-places.ts";
import type { TimeAxis } from "./time-axis.ts";

const labelHeight = 14;

/** Shades the time that is not selected, and draws the edges of the selected range. */
export function drawSelected(plot: uPlot, range: TimeRangeMs | null, axis: TimeAxis, colours: Colours): void {
  const covered = range === null ? null : axis.snapped(range.fromMs / 1_000, range.toMs / 1_000);
  if (covered === null) return;
  const { ctx, bbox } = plot;
  const right = bbox.left + bbox.width;
  const [from, to] = covered.map((second) => {
    return Math.min(right, Math.max(bbox.left, Math.round(plot.valToPos(second, "x", true))));
  }) as [number, number];
  ctx.save();
  ctx.fillStyle = colours.muted;
  ctx.globalAlpha = 0.16;
  ctx.fillRect(bbox.left, bbox.top, from - bbox.left, bbox.height);
  ctx.fillRect(to, bbox.top, right - to, bbox.height);
  ctx.globalAlpha = 1;
  for (const x of [from, to]) ctx.fillRect(x, bbox.top, devicePixelRatio, bbox.height);
  ctx.restore();
}

/** The label of a mark, with its first and last pixel on the canvas. */
export interface DrawnLabel {
  readonly mark: Mark;
  readonly from: number;
  readonly to: number;
}

/** The maximum distance of a click from the line of a mark, in CSS pixels. */
const nearPixels = 6;

/** Returns the mark whose line or label is at a position of the plot, in CSS pixels from its corner; null if none is near. */
export function markAt(
  plot: uPlot,
  marks: readonly Mark[],
  labels: readonly DrawnLabel[],
  left: number,
  top: number,
): Mark | null {
  const distanceTo = ({ atMs }: Mark) => Math.abs(plot.valToPos(atMs / 1_000, "x") - left);
  const [nearest] = marks.toSorted((a, b) => distanceTo(a) - distanceTo(b));
  if (nearest !== undefined && distanceTo(nearest) <= nearPixels) return nearest;
  if (top > labelHeight + 2) return null;
  const x = left * devicePixelRatio + plot.bbox.left;
  return labels.find(({ from, to }) => x >= from && x <= to)?.mark ?? null;
}

/** Draws events as thin vertical lines. A label that would overlap the one before is left out; the list of events has all of them. */
export function drawMarks(plot: uPlot, marks: readonly Mark[], colours: Colours): DrawnLabel[] {
  const drawn: DrawnLabel[] = [];
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.font = `${10.5 * ratio}px system-ui, sans-serif`;
  ctx.textBaseline = "top";
  ctx.textAlign = "left";
  let taken = Number.NEGATIVE_INFINITY;
  for (const mark of marks) {
    const { atMs, label, tone } = mark;
    const x = Math.round(plot.valToPos(atMs / 1_000, "x", true)) + 0.5;
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.strokeStyle = colours[tone];
    ctx.fillStyle = colours[tone];
    ctx.lineWidth = ratio;
    ctx.setLineDash([2 * ratio, 2 * ratio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const width = ctx.measureText(label).width;
    const fits = x + width + 8 * ratio < bbox.left + bbox.width;
    const from = fits ? x + 4 * ratio : x - width - 4 * ratio;
    if (from < taken) continue;
    ctx.fillText(label, from, bbox.top + 2 * ratio);
    taken = from + width + 8 * ratio;
    drawn.push({ mark, from, to: from + width });
  }
  ctx.restore();
  return drawn;
}

/**
 * Draws bounds of thresholds as horizontal lines. A bound above the plot is named at the plot's top.
 * @param markLabels the labels at the top of the plot, which must not be covered
 */
export function drawLimits(
  plot: uPlot,
  limits: readonly LimitLine[],
  colours: Colours,
  markLabels: readonly DrawnLabel[],
): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const height = labelHeight * ratio;
  ctx.save();
  ctx.font = `${10.5 * ratio}px system-ui, sans-serif`;
  ctx.textAlign = "right";
  ctx.textBaseline = "top";
  ctx.strokeStyle = colours.failed;
  ctx.lineWidth = ratio;
  ctx.setLineDash([8 * ratio, 3 * ratio, 2 * ratio, 3 * ratio]);
  const right = bbox.left + bbox.width - 4 * ratio;
  const labels = limits.map(({ bound, label }) => {
    const lineAt = plot.valToPos(bound, "y", true) - bbox.top;
    const text = lineAt < 0 ? `${label} ↑` : label;
    const width = ctx.measureText(text).width;
    const isTaken = markLabels.some(({ from, to }) => to > right - width - 4 * ratio && from < right);
    return { lineAt, text, width, from: isTaken ? height + 2 * ratio : 0 };
  });
  for (const { lineAt } of labels) {
    if (lineAt < 0) continue;
    const y = Math.round(bbox.top + lineAt) + 0.5;
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
  }
  const tops = labelTops(labels, height, bbox.height);
  for (const [position, { text, width }] of labels.entries()) {
    const top = bbox.top + (tops[position] ?? 0);
    // A label may overlap the line of another limit.
    ctx.fillStyle = colours.page;
    ctx.globalAlpha = 0.8;
    ctx.fillRect(right - width - 2 * ratio, top, width + 4 * ratio, height);
    ctx.globalAlpha = 1;
    ctx.fillStyle = colours.failed;
    ctx.fillText(text, right, top + 2 * ratio);
  }
  ctx.restore();
}
