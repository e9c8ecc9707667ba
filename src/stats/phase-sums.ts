import { phaseNames } from "../core/request-phase.ts";

/** The total time of one phase over all requests that had it. */
export interface PhaseSum {
  /** Position in `phaseNames`. */
  readonly phase: number;
  /** The number of requests that had the phase. A request on a kept connection has no connect phase. */
  readonly requests: number;
  readonly sumMicros: number;
  readonly maxMicros: number;
}

/** The total times of the phases of many requests; adding one allocates nothing. */
export class PhaseSums {
  readonly #requests = new Float64Array(phaseNames.length);
  readonly #sumMicros = new Float64Array(phaseNames.length);
  readonly #maxMicros = new Float64Array(phaseNames.length);

  /** Adds the phase of one request; a phase below half a microsecond does not count. */
  record(phase: number, durationMicros: number): void {
    const micros = Math.round(durationMicros);
    if (micros > 0) this.#add(phase, 1, micros, micros);
  }

  add({ phase, requests, sumMicros, maxMicros }: PhaseSum): void {
    this.#add(phase, requests, sumMicros, maxMicros);
  }

  merge(other: PhaseSums): void {
    for (const sum of other.list()) this.add(sum);
  }

  /** The phases that at least one request had, in order of time. */
  list(): PhaseSum[] {
    return phaseNames.map((_, phase) => this.of(phase)).filter(({ requests }) => requests > 0);
  }

  of(phase: number): PhaseSum {
    return {
      phase,
      requests: this.#requests[phase] as number,
      sumMicros: this.#sumMicros[phase] as number,
      maxMicros: this.#maxMicros[phase] as number,
    };
  }

  reset(): void {
    this.#requests.fill(0);
    this.#sumMicros.fill(0);
    this.#maxMicros.fill(0);
  }

  #add(phase: number, requests: number, sumMicros: number, maxMicros: number): void {
    this.#requests[phase] = (this.#requests[phase] as number) + requests;
    this.#sumMicros[phase] = Math.min(Number.MAX_SAFE_INTEGER, (this.#sumMicros[phase] as number) + sumMicros);
    if (maxMicros > (this.#maxMicros[phase] as number)) this.#maxMicros[phase] = maxMicros;
  }
}
