import { phaseNames } from "../core/request-phase.ts";

/** What one phase took in all requests that had it. */
export interface PhaseSum {
  /** Position in `phaseNames`. */
  readonly phase: number;
  /** How many had it at all: a kept connection needs no connecting. */
  readonly requests: number;
  readonly sumMicros: number;
  readonly maxMicros: number;
}

/** What the phases of many requests took; to add one allocates nothing. */
export class PhaseSums {
  readonly #requests = new Float64Array(phaseNames.length);
  readonly #sumMicros = new Float64Array(phaseNames.length);
  readonly #maxMicros = new Float64Array(phaseNames.length);

  /** One request; a phase of less than half a microsecond is none. */
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

  /** The phases that any request had, in the order of time. */
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
    this.#sumMicros[phase] = (this.#sumMicros[phase] as number) + sumMicros;
    if (maxMicros > (this.#maxMicros[phase] as number)) this.#maxMicros[phase] = maxMicros;
  }
}
