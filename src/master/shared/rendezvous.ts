import { longestTimerMs } from "../../core/duration.ts";
import { rendezvousRequest } from "../../protocol/user-requests.ts";
import type { RequestHandler, WorkerRequest } from "./worker-requests.ts";

/** A group of users that wait for each other. */
interface Meeting {
  /** The number of users that the meeting needs. */
  readonly users: number;
  readonly waiting: Set<WorkerRequest>;
  readonly timer: NodeJS.Timeout;
}

/**
 * Lets users of all workers wait for each other (a rendezvous, JMeter's synchronizing timer). A meeting ends when
 * enough users wait, or when its timeout has passed since the first user arrived. The next user starts a new meeting.
 * Users of a lost worker do not count until it returns. After a restart of the master, all waiting users send their
 * request again, and the timeout starts again.
 */
export class Rendezvous implements RequestHandler {
  readonly #meetings = new Map<string, Meeting>();
  readonly #lost = new Set<number>();

  handle(request: WorkerRequest): void {
    const { name, users, timeoutMs } = rendezvousRequest.payload.parse(request.payload);
    const meeting = this.#meetings.get(name) ?? this.#begin(name, users, timeoutMs);
    if (meeting.users !== users) {
      const others = `others wait there for ${meeting.users} users`;
      request.refuse("rendezvous-users", `vu.rendezvous(${JSON.stringify(name)}): users is ${users}, but ${others}`);
      return;
    }
    meeting.waiting.add(request);
    this.#look(name, meeting);
  }

  cancelled(request: WorkerRequest): void {
    for (const [name, meeting] of this.#meetings) {
      if (!meeting.waiting.delete(request) || meeting.waiting.size > 0) continue;
      clearTimeout(meeting.timer);
      this.#meetings.delete(name);
    }
  }

  lost(worker: number): void {
    this.#lost.add(worker);
  }

  returned(worker: number): void {
    this.#lost.delete(worker);
    for (const [name, meeting] of this.#meetings) this.#look(name, meeting);
  }

  #begin(name: string, users: number, timeoutMs: number): Meeting {
    const timer = setTimeout(() => this.#end(name, false), Math.min(timeoutMs, longestTimerMs)).unref();
    const meeting = { users, waiting: new Set<WorkerRequest>(), timer };
    this.#meetings.set(name, meeting);
    return meeting;
  }

  #look(name: string, { users, waiting }: Meeting): void {
    if (waiting.size < users) return;
    const present = [...waiting].filter(({ worker }) => !this.#lost.has(worker)).length;
    if (present >= users) this.#end(name, true);
  }

  #end(name: string, isComplete: boolean): void {
    const meeting = this.#meetings.get(name);
    if (meeting === undefined) return;
    clearTimeout(meeting.timer);
    this.#meetings.delete(name);
    for (const request of meeting.waiting) request.respond(isComplete);
  }
}
