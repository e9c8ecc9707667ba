import { LinkedList, type ListNode } from "./linked-list.ts";

/** What a client may say about a job, after validation. */
export interface JobRequest {
  readonly template: string;
  readonly name: string;
  readonly colours: readonly string[] | null;
  readonly createdBy: string;
  /** The load run that made the job, from the header `x-run`. */
  readonly run: string | null;
}

/** A job and its two serialized forms: jobs never change, so each is serialized once. */
export interface StoredJob {
  readonly id: string;
  readonly request: JobRequest;
  readonly json: string;
  readonly summaryJson: string;
}

interface Entry {
  readonly job: StoredJob;
  readonly inAll: ListNode<StoredJob>;
  readonly inOwned: ListNode<StoredJob>;
}

const MAX_JOBS = 100_000;

/** All jobs in memory, the newest `maxJobs` of them. */
export class JobStore {
  readonly #maxJobs: number;
  #nextNumber = 1;
  #byId = new Map<string, Entry>();
  #all = new LinkedList<StoredJob>();
  #byOwner = new Map<string, LinkedList<StoredJob>>();
  #byTemplate = new Map<string, number>();

  constructor(maxJobs = MAX_JOBS) {
    this.#maxJobs = maxJobs;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** How many jobs there are of each template that has any. */
  get templateUsage(): ReadonlyMap<string, number> {
    return this.#byTemplate;
  }

  create(request: JobRequest): StoredJob {
    const id = `job-${this.#nextNumber++}`;
    const summary = { id, name: request.name, template: request.template, status: "queued" };
    const createdAt = new Date().toISOString();
    const json = JSON.stringify({ id, ...request, status: "queued", createdAt });
    const job: StoredJob = { id, request, json, summaryJson: JSON.stringify(summary) };
    let owned = this.#byOwner.get(request.createdBy);
    if (owned === undefined) {
      owned = new LinkedList();
      this.#byOwner.set(request.createdBy, owned);
    }
    this.#byId.set(id, { job, inAll: this.#all.append(job), inOwned: owned.append(job) });
    this.#byTemplate.set(request.template, (this.#byTemplate.get(request.template) ?? 0) + 1);
    if (this.size > this.#maxJobs && this.#all.first !== undefined) this.remove(this.#all.first.value.id);
    return job;
  }

  get(id: string): StoredJob | undefined {
    return this.#byId.get(id)?.job;
  }

  remove(id: string): boolean {
    const entry = this.#byId.get(id);
    if (entry === undefined) return false;
    const { createdBy, template } = entry.job.request;
    this.#byId.delete(id);
    this.#all.remove(entry.inAll);
    const owned = this.#byOwner.get(createdBy);
    owned?.remove(entry.inOwned);
    if (owned?.first === undefined) this.#byOwner.delete(createdBy);
    const left = (this.#byTemplate.get(template) ?? 1) - 1;
    if (left === 0) this.#byTemplate.delete(template);
    else this.#byTemplate.set(template, left);
    return true;
  }

  /** Removes every job that the test picks, and says how many. */
  removeWhere(picks: (request: JobRequest) => boolean): number {
    const ids = this.#all
      .newestFirst()
      .filter((job) => picks(job.request))
      .map((job) => job.id);
    for (const id of ids) this.remove(id);
    return ids.length;
  }

  /** One owner's jobs, newest first, at most `limit`. */
  ownedBy(owner: string, limit: number): StoredJob[] {
    return this.#byOwner.get(owner)?.newestFirst(limit) ?? [];
  }

  /** A page of all jobs, newest first. */
  page(limit: number, offset: number): StoredJob[] {
    return this.#all.newestFirst(limit, offset);
  }

  /** Forgets all jobs; numbers go on, so that an id from before never names another job. */
  clear(): void {
    this.#byId = new Map();
    this.#all = new LinkedList();
    this.#byOwner = new Map();
    this.#byTemplate = new Map();
  }
}
