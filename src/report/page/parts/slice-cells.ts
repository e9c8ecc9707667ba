import { phaseNames } from "../../../core/request-phase.ts";
import { significantMs } from "../../numbers.ts";
import type { PackedHistogram, SliceColumns } from "../model.ts";
import type { BlockEndpoint } from "../window-blocks.ts";
import { mergedPacked, packed } from "./packed-histogram.ts";

/** The requests of an endpoint or of a user class in one slice. */
export interface Cell {
  readonly requests: number;
  readonly failureKinds: Readonly<Record<string, number>>;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly responseTime: PackedHistogram;
  /** The service times; null if they equal the response times. */
  readonly serviceTime: PackedHistogram | null;
  /** The number of requests whose times were measured, and the sum of each phase over them. */
  readonly timed: number;
  readonly phaseMicros: readonly number[];
}

/** The number of counts in a cell, besides its histograms. */
export const countsOfCell = 4;

const noPhases = phaseNames.map(() => 0);

export const noCell: Cell = {
  requests: 0,
  failureKinds: {},
  bytesIn: 0,
  bytesOut: 0,
  responseTime: "",
  serviceTime: null,
  timed: 0,
  phaseMicros: noPhases,
};

/** Returns the requests of a block as a cell. The cell shares no memory with the block. */
export function cellOf(endpoint: BlockEndpoint): Cell {
  const { requests, failureKinds, bytesIn, bytesOut, responseTime, serviceTime, hasOwnServiceTime, phases } = endpoint;
  return {
    requests,
    failureKinds: Object.fromEntries(failureKinds),
    bytesIn,
    bytesOut,
    responseTime: packed(responseTime),
    serviceTime: hasOwnServiceTime ? packed(serviceTime) : null,
    timed: serviceTime.count,
    phaseMicros: phaseNames.map((_, phase) => phases.of(phase).sumMicros),
  };
}

/** The length of a cell in a report: its histograms, and its counts. */
export function lengthOfCell({ responseTime, serviceTime }: Cell): number {
  return responseTime.length + (serviceTime?.length ?? 0) + countsOfCell;
}

/** Returns the times of a cell without its counts. */
export function timesOfCell({ responseTime, serviceTime }: Cell): Cell {
  return { ...noCell, responseTime, serviceTime };
}

export function mergedCells(a: Cell, b: Cell): Cell {
  const failureKinds = { ...a.failureKinds };
  for (const [kind, count] of Object.entries(b.failureKinds)) failureKinds[kind] = (failureKinds[kind] ?? 0) + count;
  const sharesTimes = a.serviceTime === null && b.serviceTime === null;
  return {
    requests: a.requests + b.requests,
    failureKinds,
    bytesIn: a.bytesIn + b.bytesIn,
    bytesOut: a.bytesOut + b.bytesOut,
    responseTime: mergedPacked(a.responseTime, b.responseTime),
    serviceTime: sharesTimes ? null : mergedPacked(a.serviceTime ?? a.responseTime, b.serviceTime ?? b.responseTime),
    timed: a.timed + b.timed,
    phaseMicros: a.phaseMicros.map((micros, phase) => micros + (b.phaseMicros[phase] ?? 0)),
  };
}

/** The columns of the cells of successive slices. */
export function columnsOfCells(cells: readonly Cell[]): SliceColumns {
  const sharesTimes = cells.every(({ serviceTime }) => serviceTime === null);
  return {
    requests: cells.map(({ requests }) => requests),
    failureKinds: cells.map(({ failureKinds }) => failureKinds),
    bytesIn: cells.map(({ bytesIn }) => bytesIn),
    bytesOut: cells.map(({ bytesOut }) => bytesOut),
    responseTime: cells.map(({ responseTime }) => responseTime),
    serviceTime: sharesTimes ? null : cells.map(({ serviceTime, responseTime }) => serviceTime ?? responseTime),
  };
}

/** The mean time per request in ms of each phase that took any time, in each of successive slices. */
export function phasesOfCells(cells: readonly Cell[]): NonNullable<SliceColumns["phasesMs"]> {
  return Object.fromEntries(
    phaseNames.flatMap((name, phase) => {
      const values = cells.map(({ timed, phaseMicros }) =>
        timed === 0 ? null : significantMs((phaseMicros[phase] ?? 0) / timed),
      );
      return values.some((value) => value !== null && value > 0) ? [[name, values]] : [];
    }),
  );
}
