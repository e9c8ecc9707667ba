import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Hello } from "../../protocol/worker-messages.ts";

/**
 * Proves that a socket is that of a worker which the run knows. The master makes the secret for the first welcome of a worker and
 * keeps only its hash; whoever connects with the id of the worker must have it. The id alone is no secret: the web API shows it.
 */
export class WorkerSecret {
  #hash: Buffer | null;
  #isConfirmed: boolean;

  /** @param hash that of a worker of a resumed run, in hex; null for one that is new, or had confirmed nothing yet */
  constructor(hash: string | null) {
    this.#hash = hash === null ? null : Buffer.from(hash, "hex");
    this.#isConfirmed = hash !== null;
  }

  /** What is stored, in hex; null until the worker has confirmed its welcome. */
  get hash(): string | null {
    return this.#isConfirmed && this.#hash !== null ? this.#hash.toString("hex") : null;
  }

  /**
   * Whether whoever says hello is this worker. A worker whose first welcome was lost with its socket has no secret: it is let in as
   * long as nobody has confirmed the welcome.
   */
  admits({ secret, session }: Pick<Hello, "secret" | "session">): boolean {
    if (this.#hash === null) return true;
    if (secret === undefined) return !this.#isConfirmed && session === null;
    return timingSafeEqual(hashOf(secret), this.#hash);
  }

  /** Returns the secret for the welcome that answers a hello which was admitted. */
  welcome({ secret }: Pick<Hello, "secret">): string {
    // A restarted master may not have stored the secret: the worker keeps its own.
    const issued = secret ?? randomBytes(32).toString("base64url");
    this.#hash = hashOf(issued);
    return issued;
  }

  /** The worker has spoken since its welcome, so it has the secret. */
  confirm(): void {
    this.#isConfirmed = true;
  }
}

function hashOf(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}
