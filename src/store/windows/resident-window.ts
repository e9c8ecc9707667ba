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
  /** The size of its histograms in the file, in bytes. */
  bytes: number;
  isDirty: boolean;
}

/** A decoded window of the store, to which measurements can be added. */
export class ResidentWindow {
  readonly startMs: number;
  readonly widthMs: number;
  readonly load = new LoadTotals();
  /** The endpoints by number. */
  readonly endpoints = new Map<number, ResidentEndpoint>();
  readonly users = new UsersBySecond();
  isDirty = false;

  constructor(startMs: number, widthMs: number) {
    this.startMs = startMs;
    this.widthMs = widthMs;
  }

  /** The span of the window in the file once it is written. */
  get span(): Span {
    let bytes = 0;
    for (const endpoint of this.endpoints.values()) bytes += endpoint.bytes;
    return { startMs: this.startMs, widthMs: this.widthMs, rows: this.endpoints.size, bytes };
  }

  /** Adds a delta within the window. */
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

  /** Merges a window that is within this one. */
  absorb(other: ResidentWindow): void {
    this.isDirty = true;
    this.load.mergeLoad(other.load);
    for (const [id, { totals }] of other.endpoints) this.#endpoint(id, totals.method, totals.name).merge(totals);
    this.users.merge(other.users);
  }

  /** Merges a stored window that is within this one. */
  absorbStored(
    { startMs, widthMs }: Pick<Span, "startMs" | "widthMs">,
    report: WindowReport,
    endpoints: Iterable<readonly [id: number, report: EndpointReport]>,
  ): void {
    this.isDirty = true;
    this.load.addLoad(report);
    for (const [id, endpoint] of endpoints) this.#endpoint(id, endpoint.method, endpoint.name).add(endpoint);
    this.users.addStored({ startMs, widthMs, ...report });
  }

  /** Returns the totals of an endpoint, marked as changed. */
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
