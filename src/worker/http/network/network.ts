import { HostRules } from "../../../core/hosts/host-rules.ts";
import { type Destination, parseDestination, parsePlace } from "../../../scenario/connections/connect-to.ts";
import type { ConnectionOptions, ConnectTo } from "../../../scenario/connections/connection.ts";
import { secretBytes } from "../../../scenario/connections/secret-files.ts";
import { InvalidRequest } from "../request/invalid-request.ts";
import { Names } from "./names.ts";
import { type ReadSecret, TlsSettings } from "./tls-settings.ts";

/** The host and port of a URL. */
interface UrlPlace {
  readonly host: string;
  readonly port: number;
}

/** One entry of `connectTo`. Connections use its destinations in turn. */
interface Redirection {
  readonly host: string | null;
  readonly port: number | null;
  readonly destinations: readonly Destination[];
  turn: number;
}

/** How the connections of a class are opened: where they go, how names are resolved, and TLS. */
export class Network {
  /** The network of a test without connection settings. */
  static readonly usual = new Network(TlsSettings.usual, Names.usual);
  readonly tls: TlsSettings;
  readonly names: Names;
  /** The hosts that may be loaded; null for all. */
  readonly hosts: HostRules | null;
  readonly #redirections: readonly Redirection[];

  constructor(
    tls: TlsSettings,
    names: Names,
    redirections: readonly Redirection[] = [],
    hosts: HostRules | null = null,
  ) {
    this.tls = tls;
    this.names = names;
    this.hosts = hosts;
    this.#redirections = redirections;
  }

  /**
   * Returns a network in which the settings of a class or a test replace those of this network. Entries of `connectTo` are
   * added before those of this network. The options must be valid.
   */
  with(
    { tls, connectTo, resolve, allowedHosts }: ConnectionOptions & { readonly allowedHosts?: readonly string[] },
    read: ReadSecret = secretBytes,
  ): Network {
    if (tls === undefined && connectTo === undefined && resolve === undefined && allowedHosts === undefined)
      return this;
    const hosts = allowedHosts === undefined ? this.hosts : new HostRules(allowedHosts);
    const names = resolve === undefined && hosts === this.hosts ? this.names : this.names.with(resolve, hosts);
    return new Network(
      tls === undefined ? this.tls : this.tls.with(tls, read),
      names,
      connectTo === undefined ? this.#redirections : [...redirectionsOf(connectTo), ...this.#redirections],
      hosts,
    );
  }

  /**
   * Checks that a host may be loaded. Called before the first connection of a user to an origin is opened.
   * @throws InvalidRequest that names the host and the flag, if it may not be loaded
   */
  requireAllowed(place: UrlPlace): void {
    if (this.hosts === null) return;
    const redirection = this.#redirections.length === 0 ? undefined : this.#redirectionOf(place);
    for (const { host, port } of redirection === undefined ? [place] : finalPlaces(place, redirection)) {
      const refusal = this.hosts.refusal(host, port);
      if (refusal !== null) throw new InvalidRequest(refusal);
    }
  }

  withTls(tls: TlsSettings): Network {
    return new Network(tls, this.names, this.#redirections, this.hosts);
  }

  /**
   * Loads the certificates for requests to `origin`, which takes 16 ms of CPU the first time. Otherwise, the first connection
   * would load them, and its request would seem slow.
   */
  prepareFor(origin: string): void {
    if (origin.startsWith("https:")) void this.tls.context;
  }

  /** Whether `connectTo` names this host and port. */
  redirects(place: UrlPlace): boolean {
    return this.#redirections.length > 0 && this.#redirectionOf(place) !== undefined;
  }

  /**
   * Returns the destination of the next connection for a URL with this host and port; null for that host and port themselves.
   */
  destinationOf(place: UrlPlace): Destination | null {
    if (this.#redirections.length === 0) return null;
    const found = this.#redirectionOf(place);
    if (found === undefined) return null;
    return found.destinations[found.turn++ % found.destinations.length] ?? null;
  }

  /** Returns the first entry that matches. */
  #redirectionOf({ host, port }: UrlPlace): Redirection | undefined {
    return this.#redirections.find(
      (one) => (one.host === null || one.host === host) && (one.port === null || one.port === port),
    );
  }
}

/** Returns where connections to a place that `connectTo` names go. Unix sockets are left out: they have no host. */
function finalPlaces({ host, port }: UrlPlace, { destinations }: Redirection): UrlPlace[] {
  return destinations.flatMap((one) =>
    one.kind === "unix" ? [] : [{ host: one.host ?? host, port: one.port ?? port }],
  );
}

function redirectionsOf(connectTo: ConnectTo): Redirection[] {
  return Object.entries(connectTo).flatMap(([key, value]) => {
    const place = parsePlace(key);
    const destinations = [value].flat().map(parseDestination);
    const valid = destinations.filter((one) => typeof one !== "string");
    return typeof place === "string"
      ? []
      : [{ ...place, destinations: valid, turn: Math.floor(Math.random() * valid.length) }];
  });
}
