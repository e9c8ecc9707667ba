import type { VirtualUserClient } from "../http/client.ts";
import { VirtualUserStopped } from "../http/response/failure.ts";
import { mostOpenRequests, TooManyRequests } from "../http/too-many-requests.ts";
import type { UserResource } from "../user/user-resources.ts";
import type { ChannelPool, GrpcChannel } from "./channel-pool.ts";
import type { OpenCall } from "./open-call.ts";

/** The gRPC calls and channels of one user. */
export class UserCalls implements UserResource {
  readonly client: VirtualUserClient;
  readonly #open = new Set<OpenCall>();
  readonly #channels = new Map<ChannelPool, GrpcChannel>();

  constructor(client: VirtualUserClient) {
    this.client = client;
  }

  /** @throws VirtualUserStopped; TooManyRequests */
  requireOpen(): void {
    if (this.client.isStopped) throw new VirtualUserStopped();
    if (this.#open.size >= mostOpenRequests) throw new TooManyRequests();
  }

  /** Returns the channel of this user in `pool`. @throws InvalidValue if the client has no valid host */
  channelIn(pool: ChannelPool): GrpcChannel {
    const known = this.#channels.get(pool);
    if (known?.isFor(this.client) === true) return known;
    known?.release();
    const opened = pool.open(this.client);
    this.#channels.set(pool, opened);
    return opened;
  }

  add(call: OpenCall): void {
    this.#open.add(call);
  }

  remove(call: OpenCall): void {
    this.#open.delete(call);
  }

  leaveOpen(): number {
    let left = 0;
    for (const call of this.#open) if (call.leave()) left++;
    return left;
  }

  endConnections(): void {
    // An open stream may continue.
    if (this.#open.size === 0) this.close();
  }

  abort(): void {
    for (const call of this.#open) call.abort();
  }

  close(): void {
    for (const channel of this.#channels.values()) channel.release();
    this.#channels.clear();
  }
}
