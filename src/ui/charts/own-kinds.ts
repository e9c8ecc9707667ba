import type { OwnSeries, RunReport } from "../../report/page/model.ts";

type Kind = OwnSeries["kind"];

/* The kinds of series of a test that are shown together. */

export const groupKinds: readonly Kind[] = ["group"];
export const streamKinds: readonly Kind[] = ["first-event", "event-gap"];
export const metricKinds: readonly Kind[] = ["trend", "counter", "rate", "gauge", "observed"];

export function hasSeries({ own }: Pick<RunReport, "own">, shown: readonly Kind[]): boolean {
  return own?.series.some(({ kind }) => shown.includes(kind)) === true;
}
