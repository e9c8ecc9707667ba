import { isJsonObject } from "../json-fields.ts";
import { Capacity } from "./capacity.ts";
import type { Delay } from "./delay.ts";
import { ErrorCliff } from "./error-cliff.ts";
import { EvenShare } from "./even-share.ts";
import { FixedLatency, LognormalLatency } from "./latency.ts";
import { Leak } from "./leak.ts";
import { MemoryLeak } from "./memory-leak.ts";
import { mergePatch } from "./merge-patch.ts";
import { NeverRecover } from "./never-recover.ts";
import { ScaleOut } from "./scale-out.ts";
import { checkSettings, type MisbehaviourSettings, settingName } from "./settings.ts";
import { Stall } from "./stall.ts";

/** What becomes of a request: the true answer, a 500, a 503, or a reset connection. */
export type Fate = "answer" | "error" | "unavailable" | "reset";

/** A request's fate and the earliest time of it, on the service's clock. */
export interface Admission {
  readonly fate: Fate;
  readonly dueMs: number;
}

/**
 * All misbehaviours together. At arrival the cliff and then the queue may turn a request away at once; the others
 * wait for their turn plus all latencies, and then a share is reset or fails. A stall holds back every answer.
 */
export class Misbehaviour {
  readonly #random: () => number;
  #settings: MisbehaviourSettings = {};
  readonly #delays = new Map<keyof MisbehaviourSettings, Delay>();
  #cliff: ErrorCliff | undefined = undefined;
  #capacity: Capacity | undefined = undefined;
  #errors: EvenShare | undefined = undefined;
  #resets: EvenShare | undefined = undefined;
  #stall: Stall | undefined = undefined;
  #memory: MemoryLeak | undefined = undefined;

  constructor(random: () => number) {
    this.#random = random;
  }

  get settings(): MisbehaviourSettings {
    return this.#settings;
  }

  /** Applies a JSON merge patch; what it names starts anew, what it leaves out goes on undisturbed. */
  patch(patch: unknown, nowMs: number): MisbehaviourSettings {
    const named = isJsonObject(patch) ? Object.keys(patch).map(settingName) : [];
    this.#settings = checkSettings(mergePatch(this.#settings, patch));
    for (const name of named) this.#start(name, nowMs);
    return this.#settings;
  }

  clear(): void {
    const names = Object.keys(this.#settings).map(settingName);
    this.#settings = {};
    for (const name of names) this.#start(name, 0);
  }

  /** Starts everything anew with the same settings, except a stall, which is a single event. */
  restart(nowMs: number): void {
    const { stall: _, ...lasting } = this.#settings;
    this.clear();
    this.patch(lasting, nowMs);
  }

  /** The requests that wait for the one server of `capacity`. */
  queueLength(nowMs: number): number {
    return this.#capacity?.waiting(nowMs) ?? 0;
  }

  /** The bytes that `memoryLeak` has kept. */
  get keptBytes(): number {
    return this.#memory?.keptBytes ?? 0;
  }

  /** Decides about a request that arrives now. */
  admit(nowMs: number): Admission {
    this.#memory?.keep();
    let dueMs = nowMs;
    for (const delay of this.#delays.values()) dueMs += delay.delayMs(nowMs);
    if (this.#cliff?.passes(nowMs) === false) return { fate: "unavailable", dueMs: nowMs };
    if (this.#capacity !== undefined) {
      const finishMs = this.#capacity.finishMs(nowMs);
      if (finishMs === undefined) return { fate: "unavailable", dueMs: nowMs };
      dueMs += finishMs - nowMs;
    }
    if (this.#resets?.picks() === true) return { fate: "reset", dueMs };
    return { fate: this.#errors?.picks() === true ? "error" : "answer", dueMs };
  }

  /** When an answer that is ready now may leave. */
  releaseMs(nowMs: number): number {
    return this.#stall?.releaseMs(nowMs) ?? nowMs;
  }

  #start(name: keyof MisbehaviourSettings, nowMs: number): void {
    const { errorRate, errorAbove, stall, resetRate, memoryLeak } = this.#settings;
    switch (name) {
      case "errorRate":
        this.#errors = errorRate === undefined ? undefined : new EvenShare(errorRate);
        break;
      case "resetRate":
        this.#resets = resetRate === undefined ? undefined : new EvenShare(resetRate);
        break;
      case "errorAbove":
        this.#cliff = errorAbove && new ErrorCliff(errorAbove.requestsPerSecond);
        break;
      case "stall":
        this.#stall = stall && new Stall(stall.forMs, stall.afterMs ?? 0, nowMs);
        break;
      case "memoryLeak":
        this.#memory = memoryLeak && new MemoryLeak(memoryLeak.bytesPerRequest);
        break;
      case "capacity":
      case "scaleOut":
        this.#capacity = startCapacity(this.#settings);
        break;
      default: {
        const delay = startDelay(name, this.#settings, nowMs, this.#random);
        if (delay === undefined) this.#delays.delete(name);
        else this.#delays.set(name, delay);
      }
    }
  }
}

function startCapacity({ capacity, scaleOut }: MisbehaviourSettings): Capacity | undefined {
  if (capacity === undefined) return undefined;
  const { requestsPerSecond, queueLimit = Number.POSITIVE_INFINITY } = capacity;
  const scaling = scaleOut && new ScaleOut(scaleOut.afterMs, scaleOut.factor, requestsPerSecond);
  return new Capacity(requestsPerSecond, queueLimit, scaling);
}

function startDelay(
  name: "latencyMs" | "latencyLognormal" | "leak" | "neverRecover",
  { latencyMs, latencyLognormal: tail, leak, neverRecover }: MisbehaviourSettings,
  nowMs: number,
  random: () => number,
): Delay | undefined {
  switch (name) {
    case "latencyMs":
      return latencyMs === undefined ? undefined : new FixedLatency(latencyMs);
    case "latencyLognormal":
      return tail && new LognormalLatency(tail.medianMs, tail.sigma, random);
    case "leak":
      return leak && new Leak(leak.msPerMinute, nowMs);
    case "neverRecover":
      return neverRecover && new NeverRecover(neverRecover.aboveRequestsPerSecond, neverRecover.latencyMs);
  }
}
