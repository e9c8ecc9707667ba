import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Hello } from "../../protocol/worker-messages.ts";

/**
 * Checks that a socket belongs to a worker that the run knows. The master creates the secret for the first welcome of a
 * worker and keeps only its hash. A client that connects with the id of the worker must have the secret. The id alone
 * is not secret: the web API shows it.
 */
export class WorkerSecret {
  #hash: Buffer | null;
  #isConfirmed: boolean;

  /**
   * @param hash the stored hash of a worker of a resumed run, in hex; null for a new worker, or one that had not
   * confirmed its welcome
   */
  constructor(hash: string | null) {
    this.#hash = hash === null ? null : Buffer.from(hash, "hex");
    this.#isConfirmed = hash !== null;
  }

  /** The hash to store, in hex; null until the worker has confirmed its welcome. */
  get hash(): string | null {
    return this.#isConfirmed && this.#hash !== null ? this.#hash.toString("hex") : null;
  }

  /**
   * Whether a hello is from this worker. A worker whose first welcome was lost with its socket has no secret: it is
   * admitted as long as the welcome is not confirmed.
   */
  admits({ secret, session }: Pick<Hello, "secret" | "session">): boolean {
    if (this.#hash === null) return true;
    if (secret === undefined) return !this.#isConfirmed && session === null;
    return timingSafeEqual(hashOf(secret), this.#hash);
  }

  /** Returns the secret for the welcome that answers a hello which was admitted. */
  welcome({ secret }: Pick<Hello, "secret">): string {
    // The worker keeps the secret that it has: a restarted master may not have stored it.
    const issued = secret ?? randomBytes(32).toString("base64url");
    this.#hash = hashOf(issued);
    return issued;
  }

  /** Confirms the secret. Call it when the worker has sent a message since its welcome, so that it has the secret. */
  confirm(): void {
    this.#isConfirmed = true;
  }
}

function hashOf(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}
