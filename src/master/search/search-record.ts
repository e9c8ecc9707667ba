import type { SearchRecord } from "../../analysis/capacity/capacity-result.ts";
import type { TimedSearchStep } from "../../analysis/capacity/search.ts";
import type { Operation, TimedOperation } from "../load/operation.ts";

type SearchOperation = Extract<Operation, { kind: "search" }>;

export interface WrittenSearch extends SearchRecord {
  /** The last step of the search, and when it began; null before the first step. */
  readonly latest: { readonly step: SearchOperation["step"]; readonly atMs: number } | null;
}

/** Reads the steps of a search from the recorded operations. */
export function searchStepsOf(operations: readonly TimedOperation[]): TimedSearchStep[] {
  return operations.flatMap(({ operation, atMs }) =>
    operation.kind === "search" ? [{ step: operation.step, atMs }] : [],
  );
}

/** Reads a search from the recorded operations. */
export function searchOf(operations: readonly TimedOperation[]): WrittenSearch {
  const steps = operations.flatMap(({ operation, atMs }) =>
    operation.kind === "search" ? [{ ...operation, atMs }] : [],
  );
  const last = steps.at(-1);
  return {
    events: steps.flatMap(({ ended }) => ended),
    reason: last?.step.kind === "end" ? last.step.reason : null,
    latest: last === undefined ? null : { step: last.step, atMs: last.atMs },
  };
}
