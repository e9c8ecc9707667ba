import { isIP } from "node:net";
import { checkServerIdentity, type PeerCertificate } from "node:tls";
import type { ChannelCredentials, ChannelOptions, Client } from "@grpc/grpc-js";
import { InvalidValue } from "../../core/invalid-value.ts";
import { parseHost } from "../../scenario/definition/host.ts";
import type { VirtualUserClient } from "../http/client.ts";
import type { TlsSettings } from "../http/network/tls-settings.ts";
import type { GrpcPackage } from "./packages.ts";

/** The channels of one gRPC client of a test: one for each user, or one that the users of this worker share. */
export class ChannelPool {
  readonly #grpcJs: GrpcPackage;
  /** The origin of the host that the client names; null for the host of the test. */
  readonly #origin: string | null;
  readonly #isShared: boolean;
  readonly #options: ChannelOptions;
  readonly #shared: GrpcChannel[] = [];

  /** @throws InvalidValue if `host` is not valid */
  constructor(grpcJs: GrpcPackage, host: string | undefined, isShared: boolean, options: ChannelOptions) {
    this.#grpcJs = grpcJs;
    this.#origin = host === undefined ? null : originOf(host);
    this.#isShared = isShared;
    this.#options = options;
  }

  /** @throws InvalidValue if the host of the test has a path, or its TLS settings are not valid */
  open(client: VirtualUserClient): GrpcChannel {
    const origin = this.#origin ?? originOfTest(client);
    const { tls } = client.network;
    const known = this.#shared.find((one) => one.origin === origin && one.tls === tls);
    if (known !== undefined) {
      known.users++;
      return known;
    }
    const channel = new GrpcChannel(origin, tls, this.#connect(origin, client), (unused) => {
      const position = this.#shared.indexOf(unused);
      if (position >= 0) this.#shared.splice(position, 1);
    });
    if (this.#isShared) this.#shared.push(channel);
    return channel;
  }

  #connect(origin: string, { network }: VirtualUserClient): Client {
    const { protocol, hostname, port: given } = new URL(origin);
    const isSecure = protocol === "https:";
    const port = given === "" ? (isSecure ? 443 : 80) : Number(given);
    const name = hostname.replace(/^\[|\]$/g, "");
    network.requireAllowed({ host: name, port });
    const destination = network.destinationOf({ host: name, port });
    const authority = `${hostname}:${port}`;
    const address =
      destination === null
        ? authority
        : destination.kind === "unix"
          ? `unix:${destination.path}`
          : `${bracketed(destination.host ?? name)}:${destination.port ?? port}`;
    return new this.#grpcJs.Client(address, this.#credentials(isSecure, network.tls, name), {
      ...usualOptions,
      ...(destination === null ? {} : { "grpc.default_authority": authority }),
      ...(isSecure ? { "grpc.ssl_target_name_override": network.tls.serverName ?? askedName(name) } : {}),
      ...this.#options,
    });
  }

  #credentials(isSecure: boolean, { context, isInsecure, serverName }: TlsSettings, name: string): ChannelCredentials {
    const { credentials } = this.#grpcJs;
    if (!isSecure) return credentials.createInsecure();
    return credentials.createFromSecureContext(context, {
      ...(isInsecure ? { rejectUnauthorized: false } : {}),
      ...(serverName === null && isIP(name) !== 0
        ? { checkServerIdentity: (_: string, cert: PeerCertificate) => checkServerIdentity(name, cert) }
        : {}),
    });
  }
}

const usualOptions: ChannelOptions = {
  // Otherwise channels to the same address share one connection.
  "grpc.use_local_subchannel_pool": 1,
  // With the default backoff of 1 s to 2 min, users would still fail long after the service has recovered.
  "grpc.initial_reconnect_backoff_ms": 100,
  "grpc.max_reconnect_backoff_ms": 1_000,
};

/** A channel with the number of users that hold it. It closes when the last one releases it. */
export class GrpcChannel {
  readonly origin: string;
  readonly tls: TlsSettings;
  readonly client: Client;
  users = 1;
  readonly #onUnused: (channel: GrpcChannel) => void;

  constructor(origin: string, tls: TlsSettings, client: Client, onUnused: (channel: GrpcChannel) => void) {
    this.origin = origin;
    this.tls = tls;
    this.client = client;
    this.#onUnused = onUnused;
  }

  /** Whether the TLS settings of the user are still those of the channel. */
  isFor({ network }: VirtualUserClient): boolean {
    return network.tls === this.tls;
  }

  release(): void {
    this.users--;
    if (this.users > 0) return;
    this.#onUnused(this);
    this.client.close();
  }
}

/** @throws InvalidValue */
function originOf(host: unknown): string {
  const text = String(host);
  if (!/^https?:\/\//i.test(text)) {
    throw new InvalidValue(
      `grpcClient: the host is ${JSON.stringify(text)}; write "https://…" for a service with TLS, or "http://…" without`,
    );
  }
  const { origin, path } = parseHost(text);
  if (path === "") return origin;
  throw new InvalidValue(`grpcClient: the host ${JSON.stringify(text)} has a path, which a gRPC service cannot have`);
}

/** @throws InvalidValue */
function originOfTest(client: VirtualUserClient): string {
  const { origin, path } = client.resolve("/");
  if (path === "/") return origin;
  throw new InvalidValue(
    "the host of the test has a path, which a gRPC service cannot have: set the host option of grpcClient",
  );
}

/**
 * Returns the server name to ask for (SNI). An IP address is not a server name, but grpc-js always asks for one. For an
 * address, it asks for a name that cannot exist, and the certificate is checked for the address.
 */
function askedName(name: string): string {
  return isIP(name) === 0 ? name : "ip.invalid";
}

function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
