import { createSecureContext, getCACertificates, type SecureContext, type SecureContextOptions } from "node:tls";
import { InvalidValue } from "../../../core/invalid-value.ts";
import type { TlsOptions, TlsSource } from "../../../scenario/connections/connection.ts";

/** Reads a secret file by its path. @throws ConfigurationError */
export type ReadSecret = (path: string) => Uint8Array;

/** The undocumented native part of a context of Node.js: only this can add a certificate authority to the context. */
interface NativeContext {
  addCACert?(pem: string | Uint8Array): void;
}

/** The TLS settings of a user, a class or a test. Immutable: `with` returns a changed copy. */
export class TlsSettings {
  /** The settings of a test that sets none. */
  static readonly usual = new TlsSettings({}, refuseToRead);
  /** The server name to ask for; null for the host of the URL. */
  readonly serverName: string | null;
  /** Whether no option is set. */
  readonly isUsual: boolean;
  /** Whether any certificate is accepted. */
  readonly isInsecure: boolean;
  readonly #options: TlsOptions;
  readonly #read: ReadSecret;
  #context: SecureContext | null = null;

  constructor(options: TlsOptions, read: ReadSecret) {
    this.#options = options;
    this.#read = read;
    this.serverName = options.serverName ?? null;
    this.isUsual = Object.keys(options).length === 0;
    this.isInsecure = options.insecure === true;
  }

  /** Returns settings in which `options` replace those of the same name. A client certificate is replaced as a whole. */
  with(options: TlsOptions, read: ReadSecret = this.#read): TlsSettings {
    const { cert, key, pfx, passphrase, ...others } = this.#options;
    const ownCertificate = definedOnly({ cert, key, pfx, passphrase });
    const isReplaced = (options.cert ?? options.key ?? options.pfx) !== undefined;
    return new TlsSettings({ ...others, ...(isReplaced ? {} : ownCertificate), ...definedOnly(options) }, read);
  }

  /**
   * The certificates and keys as a context of Node.js, created once for all connections.
   * @throws InvalidValue that names the invalid option
   */
  get context(): SecureContext {
    this.#context ??= this.#createContext();
    return this.#context;
  }

  #createContext(): SecureContext {
    const { ca, cert, key, pfx, passphrase, minVersion, maxVersion, ciphers } = this.#options;
    requireWhole(this.#options);
    const authorities = ca === undefined ? [] : [ca].flat().map((one) => this.#content("ca", one));
    const identity = definedOnly({
      cert: cert === undefined ? undefined : this.#content("cert", cert),
      key: key === undefined ? undefined : this.#content("key", key),
      pfx: pfx === undefined ? undefined : this.#content("pfx", pfx),
      passphrase,
    });
    const rules = definedOnly({ minVersion, maxVersion, ciphers });
    const options = { ...identity, ...rules } as SecureContextOptions;
    try {
      return withAuthorities(options, authorities);
    } catch (cause) {
      throw new InvalidValue(`tls: ${whyInvalid(cause as Error, this.#options, authorities)}`, { cause });
    }
  }

  #content(option: string, source: TlsSource): string | Uint8Array {
    if (typeof source === "string") return isPem(source) ? source : this.#file(option, source);
    if (source instanceof Uint8Array) return source;
    return this.#file(option, source.path);
  }

  #file(option: string, path: string): Uint8Array {
    const content = this.#read(path);
    const isText = option === "pfx" || isPem(Buffer.from(content).toString("latin1"));
    if (isText) return content;
    throw new InvalidValue(`tls.${option}: the file ${JSON.stringify(path)} has nothing in PEM format`);
  }
}

/** Returns the paths of the files that TLS options name. */
export function pathsIn({ ca, cert, key, pfx }: TlsOptions): string[] {
  return [ca, cert, key, pfx].flat().flatMap((source) => {
    if (source === undefined || source instanceof Uint8Array) return [];
    if (typeof source !== "string") return [source.path];
    return isPem(source) ? [] : [source];
  });
}

function isPem(text: string): boolean {
  return text.includes("-----BEGIN ");
}

/** Returns a context that trusts `authorities` in addition to those of Node.js. */
function withAuthorities(options: SecureContextOptions, authorities: readonly (string | Uint8Array)[]): SecureContext {
  if (authorities.length === 0) return createSecureContext(options);
  const context = createSecureContext(options);
  const native = context.context as NativeContext | undefined;
  if (typeof native?.addCACert !== "function") {
    // Takes 6 ms, because it parses all certificates of Node.js again.
    const all = [...getCACertificates("default"), ...authorities.map((one) => Buffer.from(one))];
    return createSecureContext({ ...options, ca: all });
  }
  // Takes 1 ms: a run can have thousands of users with a certificate each.
  for (const authority of authorities) native.addCACert(authority);
  return context;
}

/** @throws InvalidValue if a client certificate is given in part, or twice */
function requireWhole(options: TlsOptions): void {
  const problem = certificateProblem(options);
  if (problem !== null) throw new InvalidValue(`tls: ${problem}`);
}

function certificateProblem({ cert, key, pfx, passphrase }: TlsOptions): string | null {
  if (pfx !== undefined && (cert ?? key) !== undefined) {
    return "pfx contains a certificate and its key: leave out cert and key";
  }
  if (cert !== undefined && key === undefined) return "cert needs key, its private key";
  if (key !== undefined && cert === undefined) return "key needs cert, its certificate";
  return passphrase !== undefined && (key ?? pfx) === undefined ? "passphrase needs key or pfx" : null;
}

/** Explains an error of OpenSSL. It never contains a key or a password. */
function whyInvalid(error: Error, options: TlsOptions, authorities: readonly (string | Uint8Array)[]): string {
  const { message } = error;
  const given = (source: TlsSource | undefined) => (typeof source === "string" && !isPem(source) ? ` (${source})` : "");
  if (/key values mismatch/i.test(message))
    return `key${given(options.key)} is not the key of cert${given(options.cert)}`;
  if (/mac verify failure|bad decrypt|bad password|interrupted or cancelled/i.test(message)) {
    const what = options.pfx === undefined ? `key${given(options.key)}` : `pfx${given(options.pfx)}`;
    return `${what}: the passphrase is ${options.passphrase === undefined ? "missing" : "wrong"}`;
  }
  if (/not enough data|wrong tag|asn1|unsupported|header too long/i.test(message) && options.pfx !== undefined) {
    return `pfx${given(options.pfx)} is not a PKCS#12 file that OpenSSL 3 reads (${message})`;
  }
  const place = authorities.length > 0 && options.cert === undefined && options.pfx === undefined ? "ca: " : "";
  return `${place}${message}`;
}

function definedOnly<Fields extends object>(fields: Fields): Partial<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<Fields>;
}

function refuseToRead(path: string): never {
  throw new InvalidValue(`the file ${JSON.stringify(path)} was not sent to this worker`);
}
