import type { FailureKind } from "../../core/failure-kind.ts";
import type { Distributions, RunReport } from "../../report/page/model.ts";
import {
  type ClassFigures,
  checkFigures,
  classFigures,
  type EndpointFigures,
  type GroupFigures,
  groupFigures,
  rangeFigures,
  rangeSeconds,
  type SliceRange,
  sliceRange,
} from "../../report/page/parts/range-figures.ts";
import type { Result } from "../../report/result/result-schema.ts";
import { allEndpoints, keyOf } from "../data/endpoint-key.ts";
import type { Selection } from "./selection.ts";
import { type WorkerFigures, wholeWorker, workerIn } from "./worker-figures.ts";

/** The figures of the selected part of a run. */
export interface SelectedFigures {
  /** The time that the figures cover; null for the whole run. */
  readonly range: SliceRange | null;
  /** The figures of all endpoints together; null if the report has none for the range, and for a worker, a class, a group or a check. */
  readonly total: EndpointFigures | null;
  /** The figures by endpoint; empty for a worker, a class, a group or a check, because their requests are not recorded by endpoint. */
  readonly endpoints: readonly EndpointFigures[];
  /** The figures of the selected endpoint, of the class if its requests were recorded, or of all requests; null if there are none. */
  readonly subject: EndpointFigures | null;
  readonly distributions: Distributions;
  readonly iterations: number;
  /** The peak number of users of the selected class, or of all classes. */
  readonly peakUsers: number;
  /** The figures of the selected worker; null if none is selected, undefined if there are no figures of it. */
  readonly worker: WorkerFigures | null | undefined;
  /** The figures of the selected class; null if none is selected, undefined if there are no figures of it. */
  readonly userClass: ClassFigures | null | undefined;
  /** The figures of all groups in the range, whatever else is selected; null if there are none. The same applies to the checks. */
  readonly groups: readonly GroupFigures[] | null;
  readonly checks: Result["checks"] | null;
  /**
   * The figures of the selected group; null if none is selected, undefined if there are no figures of it. The same
   * applies to the check.
   */
  readonly group: GroupFigures | null | undefined;
  readonly check: CheckFigures | null | undefined;
}

export interface CheckFigures {
  readonly passes: number;
  readonly failures: number;
  /** How many times per second the check was made. */
  readonly perSecond: number;
}

interface Shown extends Pick<RunReport, "result" | "windows" | "distributions" | "workers"> {
  readonly slices?: RunReport["slices"] | undefined;
}

/** Computes the figures of a time range and of each endpoint in it. The figures of the whole run come from its result. */
export function selectedFigures(report: Shown, selection: Selection): SelectedFigures {
  const { range, endpoint, worker, userClass, group, check } = selection;
  const common = { ...noSubject, ...ofTest(report, range) };
  if (worker !== null) return { ...common, ...ofWorker(report, range, worker) };
  if (userClass !== "") return { ...common, ...ofClass(report, range, userClass) };
  if (group !== "") {
    const { covered: _, ...part } = apart(report, range);
    return { ...common, ...part, group: common.groups?.find(({ name }) => name === group) };
  }
  if (check !== "") {
    const { covered, ...part } = apart(report, range);
    return { ...common, ...part, check: checkOf(report, covered, common.checks, check) };
  }
  const figures = range === null ? wholeFigures(report) : figuresIn(report, range.fromMs, range.toMs);
  const { total, endpoints } = figures;
  const subject = endpoint === allEndpoints ? total : (endpoints.find((one) => keyOf(one) === endpoint) ?? null);
  return { ...common, ...figures, subject };
}

const noSubject = { worker: null, userClass: null, group: null, check: null } as const;

type OfTest = Pick<SelectedFigures, "groups" | "checks">;
type AllFigures = Omit<SelectedFigures, "subject" | keyof typeof noSubject | keyof OfTest>;

function ofTest({ result, slices }: Shown, range: Selection["range"]): OfTest {
  if (range === null) return { groups: result.groups ?? [], checks: result.checks };
  const covered = slices === undefined ? null : sliceRange(slices, range.fromMs, range.toMs);
  if (slices === undefined || covered === null) return { groups: null, checks: null };
  return {
    groups: inOrder(groupFigures(slices, covered), result.groups ?? []),
    checks: inOrder(checkFigures(slices, covered), result.checks),
  };
}

/** Sorts figures like those of the result. */
function inOrder<Named extends { readonly name: string }>(
  some: Named[],
  all: readonly { readonly name: string }[],
): Named[] {
  const places = new Map(all.map(({ name }, place) => [name, place]));
  return some.sort((a, b) => (places.get(a.name) ?? 0) - (places.get(b.name) ?? 0));
}

function checkOf(
  { result: { run }, slices }: Shown,
  covered: SliceRange | null,
  checks: OfTest["checks"],
  check: string,
): CheckFigures | undefined {
  const found = checks?.find(({ name }) => name === check);
  if (found === undefined) return undefined;
  const { passes, failures } = found;
  const whole = (run.loadMs ?? run.durationMs) / 1_000;
  const seconds = covered === null || slices === undefined ? whole : rangeSeconds(slices, covered);
  return { passes, failures, perSecond: seconds > 0 ? (passes + failures) / seconds : 0 };
}

function wholeFigures({ result, distributions }: Shown): AllFigures {
  const { total, endpoints, iterations, peakUsers } = result;
  return { range: null, total, endpoints, distributions, iterations, peakUsers };
}

function figuresIn(report: Shown, fromMs: number, toMs: number): AllFigures {
  const { slices, distributions } = report;
  const range = slices === undefined ? null : sliceRange(slices, fromMs, toMs);
  const iterations = sumIn(report, range, report.windows.iterations);
  const peakUsers = peakIn(report, range, report.windows.users);
  if (slices === undefined || range === null) {
    const none = { fromMs, toMs, first: 0, end: 0 };
    return { range: none, total: null, endpoints: [], distributions: without(distributions), iterations, peakUsers };
  }
  return { range, ...rangeFigures(slices, range, distributions.percentiles), iterations, peakUsers };
}

/** Returns the figures that are known for any part of a run that is not recorded by endpoint. */
function apart({ slices, distributions }: Shown, range: Selection["range"]) {
  const covered = range === null || slices === undefined ? null : sliceRange(slices, range.fromMs, range.toMs);
  const none = range === null ? null : { ...range, first: 0, end: 0 };
  return {
    ...{ range: covered ?? none, covered, total: null, endpoints: [], subject: null },
    ...{ distributions: without(distributions), iterations: 0, peakUsers: 0 },
  };
}

type PartFigures = Omit<SelectedFigures, keyof typeof noSubject | keyof OfTest>;

function ofWorker(
  report: Shown,
  range: Selection["range"],
  number: number,
): PartFigures & Pick<SelectedFigures, "worker"> {
  const { covered, ...part } = apart(report, range);
  if (range === null) return { ...part, worker: wholeWorker(report, number) ?? undefined };
  const found = report.workers.find((one) => one.number === number);
  if (found === undefined || covered === null || report.slices === undefined) return { ...part, worker: undefined };
  const seconds = rangeSeconds(report.slices, covered);
  return { ...part, worker: workerIn(found.series, covered.fromMs, covered.toMs, seconds) };
}

function ofClass(
  report: Shown,
  range: Selection["range"],
  name: string,
): PartFigures & Pick<SelectedFigures, "userClass"> {
  const { slices, windows, result, distributions } = report;
  const { covered, ...part } = apart(report, range);
  const { percentiles } = distributions;
  const users = windows.usersByClass[name] ?? [];
  const peakUsers = range === null ? (result.users[name] ?? 0) : peakIn(report, covered, users);
  const whole = slices === undefined || range !== null ? covered : sliceRange(slices, 0, slices.endMs);
  const found = slices === undefined || whole === null ? null : classFigures(slices, whole, name, percentiles);
  const total = found?.distribution ?? { valuesMs: [], maxMs: 0 };
  return {
    ...part,
    peakUsers,
    iterations: found?.executions ?? 0,
    subject: found?.requests ?? null,
    distributions: { percentiles, total, endpoints: [] },
    userClass: found ?? undefined,
  };
}

function without({ percentiles }: Distributions): Distributions {
  return { percentiles, total: { valuesMs: [], maxMs: 0 }, endpoints: [] };
}

function sumIn(report: Shown, range: SliceRange | null, values: readonly number[]): number {
  return windowsIn(report, range).reduce((sum, position) => sum + (values[position] ?? 0), 0);
}

function peakIn(report: Shown, range: SliceRange | null, values: readonly number[]): number {
  return windowsIn(report, range).reduce((most, position) => Math.max(most, values[position] ?? 0), 0);
}

/** Returns the positions of the windows that begin in a range; none without a range. */
function windowsIn({ windows: { startMs } }: Shown, range: SliceRange | null): number[] {
  if (range === null) return [];
  return startMs.flatMap((start, position) => (start >= range.fromMs && start < range.toMs ? [position] : []));
}

type Failure = Result["errors"][number];

/**
 * Returns the failures of the selected part of a run. In a time range, failures are counted by kind and endpoint, and by message only if
 * the endpoint had one message of this kind in the whole run. Exceptions are counted only for the whole run. Nothing is counted by class,
 * group and check. For a worker, its stored failed requests are returned, and the exceptions that it had, with the counts of all workers.
 */
export function selectedFailures(
  { errors }: Result,
  selected: SelectedFigures,
  { endpoint, status, error, worker, userClass, group, check }: Selection,
): Failure[] {
  if (userClass !== "" || group !== "" || check !== "") return [];
  const { range } = selected;
  if (worker !== null) return errors.flatMap((one) => ofOneWorker(one, worker, range));
  const isShown = (one: { readonly method: string; readonly name: string }) =>
    endpoint === allEndpoints || keyOf(one) === endpoint;
  const isOfKind = (kind: string) => status === "" || kind === status;
  const isOfMessage = ({ message }: Failure) => error === "" || message === error;
  if (range === null) return errors.filter((one) => isShown(one) && isOfKind(one.kind) && isOfMessage(one));
  return selected.endpoints.filter(isShown).flatMap(({ method, name, failureKinds }) =>
    Object.entries(failureKinds)
      .filter(([kind]) => isOfKind(kind))
      .flatMap(([kind, count]): Failure[] => {
        const same = errors.filter((one) => one.kind === kind && one.method === method && one.name === name);
        if (error !== "" && !same.some(isOfMessage)) return [];
        const samples = same
          .filter(isOfMessage)
          .flatMap((one) => one.samples ?? [])
          .filter((sample) => isWithin(sample, range));
        const [only] = same;
        const message = same.length > 1 ? `${same.length} messages` : (only?.message ?? "");
        return [{ method, name, kind: kind as FailureKind, message, count, stack: "", samples }];
      }),
  );
}

function ofOneWorker(one: Failure, worker: number, range: SliceRange | null): Failure[] {
  const samples = (one.samples ?? []).filter((sample) => {
    return sample.worker === worker && (range === null || isWithin(sample, range));
  });
  const hasThrown = range === null && one.workers?.includes(worker) === true;
  return samples.length > 0 || hasThrown ? [{ ...one, samples }] : [];
}

function isWithin({ atMs }: { readonly atMs: number }, { fromMs, toMs }: SliceRange): boolean {
  return atMs >= fromMs && atMs < toMs;
}
