import { useMemo } from "preact/hooks";
import { milliseconds } from "../../report/numbers.ts";
import { fewestTimes, type TimesPoint } from "../../report/page/parts/wide-times.ts";
import { dashes, type LineLook } from "../charts/chart-look.ts";
import { TimeChart } from "../charts/time-chart.tsx";
import type { Mark } from "../data/marks.ts";
import { highest, timesData } from "../data/series.ts";

const look = { width: 1.75, dash: dashes.solid, scale: "y", format: milliseconds } as const;
const known: readonly LineLook[] = [
  { ...look, label: "p50", colour: "p50" },
  { ...look, label: "p95", colour: "p95" },
  { ...look, label: "p99", colour: "p99", dash: dashes.dashed },
];

interface TimesChartProps {
  readonly title: string;
  readonly points: readonly TimesPoint[];
  /** The name of what the times belong to: "requests". */
  readonly what: string;
  readonly marks: readonly Mark[];
  readonly height?: number;
}

/** Percentiles over time of anything that the slices contain. */
export function TimesChart({ title, points, what, marks, height = 200 }: TimesChartProps) {
  const data = useMemo(() => timesData(points), [points]);
  const hasFew = points.some(({ isFew, requests }) => isFew && requests > 0);
  const looks = useMemo((): readonly LineLook[] => {
    const few = { ...look, label: `p95 of fewer than ${fewestTimes} ${what}`, width: 1, dash: dashes.dotted };
    return [...known, { ...few, colour: "muted", quiet: !hasFew }];
  }, [hasFew, what]);
  const summary = `At most ${milliseconds(highest(data.lines[1] ?? []))} ms for p95.`;
  return (
    <TimeChart
      {...{ title, data, looks, marks, summary, height }}
      remark={`points of at least ${fewestTimes} ${what}`}
    />
  );
}
