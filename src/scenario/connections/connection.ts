/** The settings of a test for where connections go and how TLS is set up. `worker/http/network/` implements it. */

/**
 * A certificate or key: PEM text; the path of a file, relative to the test file, which the master reads; the result of
 * `secretFile`; or bytes.
 */
export type TlsSource = string | Uint8Array | SecretSource;

/** A file that the master reads and workers receive, made by `secretFile`. Its content is never printed or stored. */
export interface SecretSource {
  /** The path relative to the test file. */
  readonly path: string;
  text(): string;
  bytes(): Uint8Array;
}

/** The client certificate of a user: `cert` with `key`, or both in one PKCS#12 file, `pfx`. */
export interface ClientCertificate {
  /** The certificate in PEM format, followed by its intermediates if there are any. */
  readonly cert?: TlsSource | undefined;
  /** The private key in PEM format. */
  readonly key?: TlsSource | undefined;
  /** A PKCS#12 file (.p12, .pfx) with certificate and key. */
  readonly pfx?: TlsSource | undefined;
  /** The password of `key` or `pfx`: read it with `env`. */
  readonly passphrase?: string | undefined;
}

/** The TLS settings that one user can change. */
export interface UserTlsOptions extends ClientCertificate {
  /**
   * Certificate authorities to trust in addition to those of Node.js, in PEM format: for a service with its own certificate.
   */
  readonly ca?: TlsSource | readonly TlsSource[];
  /** The server name to ask for (SNI) and to expect in the certificate; default: the host of the URL. */
  readonly serverName?: string;
  readonly minVersion?: TlsVersion;
  readonly maxVersion?: TlsVersion;
  /** The cipher suites to offer, as OpenSSL writes them. */
  readonly ciphers?: string;
}

export interface TlsOptions extends UserTlsOptions {
  /** Whether to accept any certificate (curl's `--insecure`); default false. If true, the result of the run says so. */
  readonly insecure?: boolean;
}

export const tlsVersions = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"] as const;
export type TlsVersion = (typeof tlsVersions)[number];

/** The TLS settings of one user. */
export interface ClientTls {
  /**
   * Changes the settings of this user, for its later connections: `vu.http.tls.set({ cert, key })` in `onStart`. Settings
   * that are left out do not change; a certificate or key that is undefined is refused. The present connections of the user
   * are not used again.
   */
  set(options: UserTlsOptions): void;
}

/**
 * Where connections go in place of the host and port of the URL, like curl's `--connect-to`:
 * `{ "api.example.com:443": "10.0.0.5:8443" }`. A key is `host:port`, `host` for all its ports, `:port` for every host, or
 * `*` for all. A value is `address:port`, an address or a port alone (":8443"), `unix:/path/of/socket`, or a list that
 * connections use in turn. The URL still sets the `Host` header and the name in the certificate.
 */
export type ConnectTo = Readonly<Record<string, string | readonly string[]>>;

export const addressFamilies = ["any", "prefer-ipv4", "prefer-ipv6", "ipv4", "ipv6"] as const;
export const addressSelections = ["first", "round-robin", "random"] as const;

/** How host names are resolved (k6's `dns`). */
export interface ResolveOptions {
  /** How long the result of a DNS lookup is used: "0s" (default) resolves for each connection, "inf" once per worker. */
  readonly ttl?: string;
  /** Which of several addresses a connection tries first; it tries the others if that one fails. Default "first". */
  readonly select?: (typeof addressSelections)[number];
  /**
   * "any" (default): the addresses in the order of the system, and the other family if the first one fails. "prefer-ipv4" and
   * "prefer-ipv6" change the order; "ipv4" and "ipv6" use no other addresses.
   */
  readonly family?: (typeof addressFamilies)[number];
}

/** The settings of connections that a test and each of its classes can have. */
export interface ConnectionOptions {
  readonly tls?: TlsOptions;
  readonly connectTo?: ConnectTo;
  readonly resolve?: ResolveOptions;
}
