import { LinkedList, type ListNode } from "../store/linked-list.ts";

interface LastSeen {
  readonly user: string;
  readonly atMs: number;
}

/** A user (header `x-user`) counts as active for this long after a request; longer than usual pauses. */
const ACTIVE_FOR_MS = 10_000;

/** How many distinct users are active, now and at most. */
export class ActiveUsers {
  /** By the time last seen, oldest first. */
  #order = new LinkedList<LastSeen>();
  #nodes = new Map<string, ListNode<LastSeen>>();
  #peak = 0;

  saw(user: string, nowMs: number): void {
    const node = this.#nodes.get(user);
    if (node !== undefined) this.#order.remove(node);
    this.#nodes.set(user, this.#order.append({ user, atMs: nowMs }));
    this.#forget(nowMs);
    this.#peak = Math.max(this.#peak, this.#nodes.size);
  }

  snapshot(nowMs: number): { current: number; peak: number } {
    this.#forget(nowMs);
    return { current: this.#nodes.size, peak: this.#peak };
  }

  reset(): void {
    this.#order = new LinkedList();
    this.#nodes = new Map();
    this.#peak = 0;
  }

  #forget(nowMs: number): void {
    for (let oldest = this.#order.first; oldest !== undefined; oldest = oldest.next) {
      if (nowMs - oldest.value.atMs <= ACTIVE_FOR_MS) return;
      this.#order.remove(oldest);
      this.#nodes.delete(oldest.value.user);
    }
  }
}
