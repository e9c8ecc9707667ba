import { count } from "../../report/numbers.ts";

/** Counts the bodies that a queue has delivered and lost. */
export class DeliveryTally {
  #added = 0;
  #lost = 0;
  #isLastLost = false;
  #partly = 0;
  #fault: string | null = null;
  #refused: string | null = null;
  #hasWarned = false;

  added(): void {
    this.#added++;
  }

  /** Counts a delivered body. @param refused what the receiver did not accept; null if it accepted everything */
  delivered(refused: string | null): void {
    this.#isLastLost = false;
    if (refused === null) return;
    this.#partly++;
    this.#refused = refused;
  }

  /** Notes a failed attempt; another one may succeed. */
  failed(fault: string): void {
    this.#fault = fault;
  }

  /** Counts lost bodies. @param why the reason, unless an attempt has failed: its fault is a better reason */
  lost(why: string, bodies = 1): void {
    if (bodies === 0) return;
    this.#lost += bodies;
    this.#isLastLost = true;
    this.#fault ??= why;
  }

  /** Returns true for the first call only. */
  isFirstWarning(): boolean {
    const isFirst = !this.#hasWarned;
    this.#hasWarned = true;
    return isFirst;
  }

  /** Describes what was not delivered, as a part of a sentence; null if everything was. */
  describe(): string | null {
    const parts: string[] = [];
    if (this.#lost > 0) {
      const last = this.#isLastLost ? "nor did the last one" : "but the last one did";
      const some = `${count(this.#lost)} of ${count(this.#added)} deliveries did not arrive, ${last}`;
      const lost = this.#lost === this.#added ? "nothing was delivered" : some;
      parts.push(`${lost} (${this.#fault ?? ""})`);
    }
    if (this.#partly > 0) {
      const some = `${count(this.#partly)} of ${count(this.#added)} deliveries`;
      parts.push(`${some} were taken in part (${this.#refused ?? ""})`);
    }
    return parts.length === 0 ? null : parts.join("; ");
  }
}
