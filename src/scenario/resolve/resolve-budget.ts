import { parseDuration } from "../../core/duration.ts";
import { ConfigurationError } from "../../core/errors.ts";
import { affordableRequests, amountText, type Cost } from "../../core/plan/cost.ts";
import type { TestDefinition } from "../definition/define.ts";

/** The flags that override the budget of the test. */
interface CostOverrides {
  readonly costPerRequest?: number | undefined;
  readonly maxCost?: number | undefined;
}

/** @throws ConfigurationError if only a part of the budget is known, or it allows no request */
export function resolveCost(ofTest: TestDefinition["cost"], { costPerRequest, maxCost }: CostOverrides): Cost | null {
  const perRequest = costPerRequest ?? ofTest?.perRequest;
  const max = maxCost ?? ofTest?.max;
  if (perRequest === undefined && max === undefined) return null;
  if (perRequest === undefined) {
    throw new ConfigurationError("--max-cost: give --cost-per-request too, or `cost: { perRequest, max }` in the test");
  }
  if (max === undefined) {
    throw new ConfigurationError("--cost-per-request: give --max-cost too, or `cost: { perRequest, max }` in the test");
  }
  const cost = { perRequest, max, currency: ofTest?.currency ?? null };
  if (affordableRequests(cost) > 0) return cost;
  const [budget, price] = [amountText(max, cost.currency), amountText(perRequest, cost.currency)];
  throw new ConfigurationError(`cost: the budget of ${budget} does not allow one request, which costs ${price}`);
}

export function resolveMaxDuration(ofTest: string | undefined, ofFlagMs: number | undefined): number | null {
  const maxMs = ofFlagMs ?? (ofTest === undefined ? null : parseDuration(ofTest));
  if (maxMs === 0) throw new ConfigurationError("maxDuration must be longer than 0s");
  return maxMs;
}
