import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const megabyte = 1024 * 1024;
const mostHeldBytes = 256 * megabyte;

/**
 * The size in bytes up to which bodies are not counted: there are many small bodies, and each user has few of them at a time.
 */
export const smallBodyBytes = 64 * 1024;
/**
 * The shortest time between two garbage collections. It is longer than one collection takes, so that memory does not stall
 * the load.
 */
const collectionGapMs = 250;

/** A body is too large to be kept or decompressed, or the bodies of this worker together are too large. */
export class BodyTooLarge extends RangeError {
  readonly code = "MUSTER_BODY_TOO_LARGE";
}

/** The memory of one body or one text, counted until `release` is called or its owner no longer exists. */
export class HeldMemory {
  readonly owner: WeakRef<object>;
  bytes = 0;
  readonly #memory: BodyMemory;

  constructor(memory: BodyMemory, owner: object) {
    this.#memory = memory;
    this.owner = new WeakRef(owner);
  }

  /** Counts `bytes` more. Returns false if there is no room for them. */
  grow(bytes: number): boolean {
    return this.#memory.take(this, bytes);
  }

  release(): void {
    this.#memory.drop(this);
  }
}

/**
 * Counts the memory that the large response bodies of all users of this worker take, received and decompressed. The memory of
 * bodies that the test no longer refers to is given back when memory is short: only then does it matter, and only the garbage
 * collector can find it.
 */
export class BodyMemory {
  /** The limit for all bodies together, in bytes. */
  readonly most: number;
  /** The counted memory; at least that of the bodies that exist. */
  usedBytes = 0;
  readonly #held = new Set<HeldMemory>();
  /** Detects memory that the garbage collector has freed by itself. */
  readonly #freed = new FinalizationRegistry<HeldMemory>((held) => this.drop(held));
  readonly #collect: () => void;
  readonly #nowMs: () => number;
  #collectedAtMs = Number.NEGATIVE_INFINITY;

  /** @param collect collects the garbage of this process */
  constructor(most: number, collect: () => void = collectGarbage, nowMs: () => number = () => performance.now()) {
    this.most = most;
    this.#collect = collect;
    this.#nowMs = nowMs;
  }

  /** Returns the number of bytes that are left. Takes the time of a garbage collection if they are fewer than `wanted`. */
  roomFor(wanted: number): number {
    if (this.usedBytes + wanted > this.most) this.#collectAgain();
    return this.most - this.usedBytes;
  }

  /** Counts `bytes` for as long as `owner` exists. Returns null if there is no room for them. */
  hold(owner: object, bytes: number): HeldMemory | null {
    const held = new HeldMemory(this, owner);
    if (!this.take(held, bytes)) return null;
    this.#freed.register(owner, held);
    return held;
  }

  take(held: HeldMemory, bytes: number): boolean {
    if (this.usedBytes + bytes > this.most && this.roomFor(bytes) < bytes) return false;
    this.#held.add(held);
    held.bytes += bytes;
    this.usedBytes += bytes;
    return true;
  }

  drop(held: HeldMemory): void {
    if (!this.#held.delete(held)) return;
    this.usedBytes -= held.bytes;
    held.bytes = 0;
  }

  describe(what: string): string {
    return `${what}: the bodies of all responses of this worker may take ${this.most / megabyte} MB together; read large ones with stream: true, or run more workers`;
  }

  #collectAgain(): void {
    if (this.#nowMs() - this.#collectedAtMs < collectionGapMs) return;
    this.#collect();
    this.#collectedAtMs = this.#nowMs();
    // Only after the collection: an object that a WeakRef has returned is kept until the end of the turn.
    for (const held of this.#held) if (held.owner.deref() === undefined) this.drop(held);
  }
}

let collector: (() => void) | null = null;

/** Runs the garbage collector, which Node.js offers to programs only with a flag. */
function collectGarbage(): void {
  if (collector === null) {
    setFlagsFromString("--expose-gc");
    collector = runInNewContext("gc") as () => void;
    setFlagsFromString("--no-expose-gc");
  }
  collector();
}

/** The body memory of this process, which all its users share. */
export const bodyMemory = new BodyMemory(mostHeldBytes);
