import * as z from "zod";
import { type OnceAnswer, onceRequest } from "../../scenario/shared/once.ts";
import type { SharedRecord } from "../../store/batch.ts";
import type { RequestHandler, WorkerRequest } from "./worker-requests.ts";

const name = z.string();
const payload = z.discriminatedUnion("op", [
  z.strictObject({ op: z.literal("get"), name, known: z.int() }),
  z.strictObject({
    op: z.literal("put"),
    name,
    lease: z.int(),
    value: z.unknown(),
    lifetimeMs: z.number().nonnegative().nullable(),
  }),
  z.strictObject({ op: z.literal("fail"), name, lease: z.int() }),
]);

/** The stored state of one value. It survives a restart of the master. */
const kept = z.strictObject({
  /** The number of the value; 0 before the first. */
  version: z.int(),
  value: z.unknown(),
  /** When the value was made, in ms since 1970; 0 if unknown. */
  madeAtMs: z.number().default(0),
  /** When the value expires, in ms since 1970; null for never. */
  expiresAtMs: z.number().nullable(),
  /** The number of the last lease. */
  lease: z.int(),
  /** The worker that makes the next value; null if none does. */
  maker: z.int().nullable(),
});
type Kept = z.infer<typeof kept>;

/** The stored form of an answer. Its value and remaining lifetime are added when it is sent. */
type StoredAnswer = typeof theValue | Extract<OnceAnswer, { kind: "make" }>;
const theValue = { kind: "value" } as const;

interface OneValue {
  state: Kept;
  /** The requests of users that need a newer value than they have. */
  readonly waiting: Set<WorkerRequest>;
}

/**
 * Values that are made once per run (`once`). The first user that needs a value gets a lease to make it; all others
 * wait. If making the value fails, or the worker is lost, the next waiting user gets the lease. The value of an earlier
 * lease is dropped.
 */
export class OnceValues implements RequestHandler {
  readonly #journal: { share(record: SharedRecord): void };
  readonly #values = new Map<string, OneValue>();
  readonly #lost = new Set<number>();

  /** @param shared the shared values of a resumed run */
  constructor(journal: { share(record: SharedRecord): void }, shared: readonly SharedRecord[]) {
    this.#journal = journal;
    for (const { scope, key, value } of shared) {
      if (scope === onceRequest) this.#values.set(key, { state: kept.parse(value), waiting: new Set() });
    }
  }

  handle(request: WorkerRequest): void {
    const asked = payload.parse(request.payload);
    const one = this.#valueOf(asked.name);
    if (asked.op === "get") {
      one.waiting.add(request);
      this.#serve(asked.name, one);
      return;
    }
    const { version, lease } = one.state;
    // Accept the value of an earlier lease as long as there is no value.
    if (asked.op === "put" && (asked.lease === lease || version === 0)) {
      const { value, lifetimeMs } = asked;
      const madeAtMs = Date.now();
      const expiresAtMs = lifetimeMs === null ? null : madeAtMs + lifetimeMs;
      this.#keep(asked.name, one, { version: version + 1, value, madeAtMs, expiresAtMs, maker: null });
    } else if (asked.op === "fail" && asked.lease === lease) this.#keep(asked.name, one, { maker: null });
    request.respond(asked.op === "put" ? theValue : null);
    this.#serve(asked.name, one);
  }

  /** Removes the request of a user that is gone. If the user had the lease, it is free again. */
  cancelled(request: WorkerRequest, value: unknown): void {
    const asked = payload.safeParse(request.payload).data;
    if (asked?.op !== "get") return;
    const one = this.#valueOf(asked.name);
    one.waiting.delete(request);
    const answer = value as StoredAnswer | undefined;
    if (answer?.kind !== "make" || answer.lease !== one.state.lease) return;
    this.#keep(asked.name, one, { maker: null });
    this.#serve(asked.name, one);
  }

  complete(asked: WorkerRequest["payload"], value: unknown): OnceAnswer | null {
    const answer = value as StoredAnswer | null;
    return answer?.kind === "value" ? answerOf(this.#valueOf(String(asked.name)).state) : answer;
  }

  lost(worker: number): void {
    this.#lost.add(worker);
    for (const [of, one] of this.#values) {
      if (one.state.maker !== worker) continue;
      this.#keep(of, one, { maker: null });
      this.#serve(of, one);
    }
  }

  returned(worker: number): void {
    this.#lost.delete(worker);
    for (const [of, one] of this.#values) this.#serve(of, one);
  }

  #valueOf(of: string): OneValue {
    let one = this.#values.get(of);
    if (one === undefined) {
      const state = { version: 0, value: null, madeAtMs: 0, expiresAtMs: null, lease: 0, maker: null };
      one = { state, waiting: new Set() };
      this.#values.set(of, one);
    }
    return one;
  }

  /** Sends the value to all users for whom it is new enough, and the lease to the first of the others. */
  #serve(of: string, one: OneValue): void {
    for (const request of one.waiting) {
      const { version, expiresAtMs } = one.state;
      const isExpired = expiresAtMs !== null && Date.now() >= expiresAtMs;
      if (version > Number(request.payload.known) && !isExpired) request.respond(theValue);
      else if (one.state.maker === null && !this.#lost.has(request.worker)) {
        const lease = one.state.lease + 1;
        this.#keep(of, one, { lease, maker: request.worker });
        request.respond({ kind: "make", lease } satisfies StoredAnswer);
      } else continue;
      one.waiting.delete(request);
    }
  }

  #keep(of: string, one: OneValue, change: Partial<Kept>): void {
    one.state = { ...one.state, ...change };
    this.#journal.share({ scope: onceRequest, key: of, value: one.state });
  }
}

function answerOf({ version, value, madeAtMs, expiresAtMs }: Kept): OnceAnswer {
  const nowMs = Date.now();
  const leftMs = expiresAtMs === null ? null : Math.max(0, expiresAtMs - nowMs);
  return { kind: "value", version, value, leftMs, ageMs: Math.max(0, nowMs - madeAtMs) };
}
