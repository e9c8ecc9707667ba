import type { VirtualUserClient } from "../http/client.ts";

/** The state that a protocol keeps for one user, such as channels and open calls. It ends with the user. */
export interface UserResource {
  /** Called when code of the test has ended. Returns the number of its calls that are still open; each call is counted once. */
  leaveOpen(): number;
  /** Called at the end of an iteration whose connections must not outlive it. */
  endConnections(): void;
  /** Interrupts all open calls. */
  abort(): void;
  /** Closes all connections. Called after `abort`, maybe twice. */
  close(): void;
}

type ResourceClass<Resource extends UserResource> = new (client: VirtualUserClient) => Resource;

/** The property of a user that holds its resources. It is a symbol because tests must not depend on it. */
export const resourcesOfUser = Symbol("resources");

/** The resources of one user, for protocols with a separate import. Most users have none. */
export class UserResources {
  readonly #client: VirtualUserClient;
  /** The resources by their class; null before the first one. */
  #byClass: Map<ResourceClass<UserResource>, UserResource> | null = null;

  constructor(client: VirtualUserClient) {
    this.#client = client;
  }

  /** Returns the resource of this class. The first call creates it. */
  of<Resource extends UserResource>(kind: ResourceClass<Resource>): Resource {
    this.#byClass ??= new Map();
    let found = this.#byClass.get(kind);
    if (found === undefined) {
      found = new kind(this.#client);
      this.#byClass.set(kind, found);
    }
    return found as Resource;
  }

  leaveOpen(): number {
    if (this.#byClass === null) return 0;
    let left = 0;
    for (const resource of this.#byClass.values()) left += resource.leaveOpen();
    return left;
  }

  endConnections(): void {
    for (const resource of this.#byClass?.values() ?? []) resource.endConnections();
  }

  abort(): void {
    for (const resource of this.#byClass?.values() ?? []) resource.abort();
  }

  close(): void {
    this.abort();
    for (const resource of this.#byClass?.values() ?? []) resource.close();
  }
}
