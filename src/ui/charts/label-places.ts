/** A label beside a horizontal line, measured from the top of the plot. */
export interface LineLabel {
  /** The position of the line; outside of the plot if it is below 0 or above the plot's height. */
  readonly lineAt: number;
  /** The highest allowed position of the label. Something else is written above it. */
  readonly from: number;
}

/**
 * Returns the top of each label: above its line where there is room, and without overlaps, as long as all fit into the plot.
 * Labels keep the order of their lines.
 * @param labelHeight the height of a label, including the distance to the next one
 */
export function labelTops(labels: readonly LineLabel[], labelHeight: number, plotHeight: number): number[] {
  const lowest = plotHeight - labelHeight;
  const order = labels
    .map(({ lineAt, from }, position) => ({
      position,
      from,
      top: Math.min(lowest, Math.max(from, lineAt - labelHeight)),
    }))
    .sort((a, b) => a.top - b.top || (labels[a.position]?.lineAt ?? 0) - (labels[b.position]?.lineAt ?? 0));
  let next = Number.NEGATIVE_INFINITY;
  for (const label of order) {
    label.top = Math.max(label.top, next);
    next = label.top + labelHeight;
  }
  let end = lowest;
  for (const label of order.reverse()) {
    label.top = Math.min(label.top, end);
    end = label.top - labelHeight;
  }
  const tops = labels.map(() => 0);
  for (const { position, top } of order) tops[position] = Math.max(0, top);
  return tops;
}
