import * as z from "zod";
import { amountText, type Cost, costOfRequests } from "../core/plan/cost.ts";
import type { SharedRecord } from "../store/batch.ts";
import { count } from "./numbers.ts";
import type { CostResult } from "./result/result-schema.ts";

/** Returns the budget of a run and what its requests cost. */
export function costResult({ perRequest, max, currency }: Cost, requests: number): CostResult {
  const spent = costOfRequests(requests, { perRequest });
  return { perRequest, max, ...(currency === null ? {} : { currency }), requests, spent };
}

/** "3.21 of 5 USD for 917,142 requests at 0.0000035 USD" */
export function describeCost({ perRequest, max, currency: named, requests, spent }: CostResult): string {
  const currency = named ?? null;
  const what = `${count(requests)} ${requests === 1 ? "request" : "requests"} at ${amountText(perRequest, currency)}`;
  return `${amountText(spent, null)} of ${amountText(max, currency)} for ${what}`;
}

/** The stored permits of a run, as its master writes them. */
const storedPermits = z.object({
  holdings: z.array(z.object({ granted: z.number(), unused: z.number() })),
});

/** Reads from the store how many requests were sent, or may have been sent. Only a run with a limit on requests counts them. */
export function storedRequestCount(shared: readonly SharedRecord[]): number {
  const stored = storedPermits.safeParse(shared.find(({ scope }) => scope === "permits")?.value);
  return stored.success ? stored.data.holdings.reduce((sum, { granted, unused }) => sum + granted - unused, 0) : 0;
}
