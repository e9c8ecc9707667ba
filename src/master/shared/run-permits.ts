import { affordableRequests, amountText } from "../../core/plan/cost.ts";
import type { ResolvedRun } from "../../scenario/resolve/resolve.ts";
import { type PermitOptions, PermitRequests } from "./permit-requests.ts";
import { PermitTallies } from "./permit-tallies.ts";

type Limits = Pick<ResolvedRun, "maxRequests" | "maxRequestsPerSecond" | "cost">;

/** Whether each request of a user needs a permit. */
export function needsPermits({ maxRequests, maxRequestsPerSecond, cost }: Limits): boolean {
  return maxRequests !== null || maxRequestsPerSecond !== null || cost !== null;
}

interface RunPermitsOptions extends Pick<PermitOptions, "shared" | "lostBefore" | "journal" | "elapsedMs"> {
  readonly limits: Limits;
  /** Ends the load, for a reason. */
  end(kind: "max-requests" | "max-cost", why: string): void;
}

/** Enforces the limits on all requests of a run: their number, rate and cost. */
export class RunPermits {
  readonly requests: PermitRequests;
  readonly #tallies: PermitTallies | null;

  constructor({ limits, end, ...options }: RunPermitsOptions) {
    const most = mostRequests(limits);
    this.#tallies = most === null ? null : new PermitTallies((worker, used) => this.requests.ended(worker, used));
    this.requests = new PermitRequests({
      ...options,
      most,
      maxRequestsPerSecond: limits.maxRequestsPerSecond,
      watches: (worker) => this.#tallies?.watches(worker) ?? false,
      used: (uncertain) => {
        const unsure =
          uncertain === 0 ? "" : `; lost workers had ${uncertain} of them left, and may not have sent them`;
        const isCost = limits.cost !== null && most !== limits.maxRequests;
        end(isCost ? "max-cost" : "max-requests", `${limitText(limits, most ?? 0)}${unsure}`);
      },
    });
  }

  /**
   * The folder in which workers on this machine count the permits that they use; null if they do not have to be
   * counted.
   */
  get folder(): string | null {
    return this.#tallies?.folder ?? null;
  }

  close(): void {
    this.#tallies?.close();
  }
}

function mostRequests({ maxRequests, cost }: Limits): number | null {
  if (cost === null) return maxRequests;
  return Math.min(maxRequests ?? Number.POSITIVE_INFINITY, affordableRequests(cost));
}

function limitText({ maxRequests, cost }: Limits, most: number): string {
  if (cost === null || most === maxRequests) return `all ${most} requests (maxRequests) were made`;
  const { max, perRequest, currency } = cost;
  return `the budget of ${amountText(max, currency)} (cost) allows no further request: ${most.toLocaleString("en")} at ${amountText(perRequest, currency)} each were made`;
}
