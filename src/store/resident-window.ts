import type { EndpointReport } from "../stats/interval-report.ts";
import { LoadTotals } from "../stats/load-totals.ts";
import { EndpointTotals } from "../stats/run-totals.ts";
import type { WindowDelta } from "./batch.ts";
import type { EndpointTable } from "./endpoint-table.ts";
import { PeakUsers } from "./peak-users.ts";
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
  readonly users = new PeakUsers();
  /** What one batch adds to parts of this window: these are one after another, so only the most of them counts. */
  #partialUsers: PeakUsers | null = null;
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
  add(delta: WindowDelta, names: EndpointTable): void {
    this.isDirty = true;
    this.load.mergeLoad(delta.totals);
    for (const totals of delta.totals.eachEndpoint()) {
      this.#endpoint(names.admit(totals.method, totals.name).id, totals.method, totals.name).merge(totals);
    }
    for (const { kind, samples } of delta.totals.eachSeries()) {
      this.#endpoint(names.admitSeries(kind, samples.name).id, "", samples.name).merge(samples);
    }
    if (delta.widthMs === this.widthMs) this.users.add(delta.peakUsers, delta.users);
    else {
      this.#partialUsers ??= new PeakUsers();
      this.#partialUsers.raise(delta.peakUsers, delta.users);
    }
  }

  /** Takes over all of a window that lies within; when the users peaked in both, they did so one after the other. */
  absorb(other: ResidentWindow): void {
    other.settleUsers();
    this.isDirty = true;
    this.load.mergeLoad(other.load);
    for (const [id, { totals }] of other.endpoints) this.#endpoint(id, totals.method, totals.name).merge(totals);
    this.users.raise(other.users.peak, other.users.byClass);
  }

  /** The same for a window in the file. */
  absorbStored(report: WindowReport, endpoints: Iterable<readonly [id: number, report: EndpointReport]>): void {
    this.isDirty = true;
    this.load.addLoad(report);
    for (const [id, endpoint] of endpoints) this.#endpoint(id, endpoint.method, endpoint.name).add(endpoint);
    const byClass = report.users.map(({ className, count }) => [className, count] as const);
    this.users.raise(report.peakUsers, byClass);
  }

  /** The batch is over: what it added to parts ran beside what was there before. */
  settleUsers(): void {
    if (this.#partialUsers === null) return;
    this.users.add(this.#partialUsers.peak, this.#partialUsers.byClass);
    this.#partialUsers = null;
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
