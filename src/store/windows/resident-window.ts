import type { EndpointReport } from "../../stats/interval-report.ts";
import { LoadTotals } from "../../stats/load-totals.ts";
import { EndpointTotals } from "../../stats/run-totals.ts";
import { UsersBySecond } from "../../stats/users-by-second.ts";
import type { Window } from "../../stats/windows.ts";
import type { EndpointTable } from "../endpoint-table.ts";
import type { Span } from "./window-index.ts";
import type { WindowReport } from "./window-rows.ts";

interface ResidentEndpoint {
  readonly totals: EndpointTotals;
  /** Of its histograms in the file. */
  bytes: number;
  isDirty: boolean;
}

/** A window of the store, decoded, so that what comes for it can be added. */
export class ResidentWindow {
  readonly startMs: number;
  readonly widthMs: number;
  readonly load = new LoadTotals();
  /** By the endpoint's number. */
  readonly endpoints = new Map<number, ResidentEndpoint>();
  readonly users = new UsersBySecond();
  isDirty = false;

  constructor(startMs: number, widthMs: number) {
    this.startMs = startMs;
    this.widthMs = widthMs;
  }

  /** As the file has it once the window is written. */
  get span(): Span {
    let bytes = 0;
    for (const endpoint of this.endpoints.values()) bytes += endpoint.bytes;
    return { startMs: this.startMs, widthMs: this.widthMs, rows: this.endpoints.size, bytes };
  }

  /** Adds a delta that lies within. */
  add(delta: Window, names: EndpointTable): void {
    this.isDirty = true;
    this.load.mergeLoad(delta.totals);
    for (const totals of delta.totals.eachEndpoint()) {
      this.#endpoint(names.admit(totals.method, totals.name).id, totals.method, totals.name).merge(totals);
    }
    for (const { kind, samples } of delta.totals.eachSeries()) {
      this.#endpoint(names.admitSeries(kind, samples.name).id, "", samples.name).merge(samples);
    }
    this.users.merge(delta.users);
  }

  /** Takes over all of a window that lies within. */
  absorb(other: ResidentWindow): void {
    this.isDirty = true;
    this.load.mergeLoad(other.load);
    for (const [id, { totals }] of other.endpoints) this.#endpoint(id, totals.method, totals.name).merge(totals);
    this.users.merge(other.users);
  }

  /** The same for a window in the file, of whose seconds only the fullest is known. */
  absorbStored(
    { startMs, widthMs }: Pick<Span, "startMs" | "widthMs">,
    report: WindowReport,
    endpoints: Iterable<readonly [id: number, report: EndpointReport]>,
  ): void {
    this.isDirty = true;
    this.load.addLoad(report);
    for (const [id, endpoint] of endpoints) this.#endpoint(id, endpoint.method, endpoint.name).add(endpoint);
    const byClass = report.users.map(({ className, count }) => [className, count] as const);
    this.users.add(startMs, widthMs, report.peakUsers, byClass);
  }

  /** The totals of an endpoint, which are about to change. */
  #endpoint(id: number, method: string, name: string): EndpointTotals {
    let endpoint = this.endpoints.get(id);
    if (endpoint === undefined) {
      endpoint = { totals: new EndpointTotals(method, name), bytes: 0, isDirty: true };
      this.endpoints.set(id, endpoint);
    }
    endpoint.isDirty = true;
    return endpoint.totals;
  }
}
