import { stat } from "node:fs/promises";
import { ConfigurationError } from "../../core/errors.ts";
import type { IdentitySource, TlsIdentity } from "../../master/workers/worker-tls.ts";
import { readAuthority, readIdentity } from "./tls-files.ts";

/** The flags of a master that name TLS files. */
export interface MasterTlsFlags {
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsCa?: string;
}

const lookEveryMs = 1_000;

/**
 * Reads the TLS files of a master; null without TLS.
 * @throws ConfigurationError when a file cannot be read or used
 */
export async function masterTls(flags: MasterTlsFlags): Promise<IdentitySource | null> {
  const files = [flags.tlsCert, flags.tlsKey, flags.tlsCa].filter((file) => file !== undefined);
  const identity = await readFiles(flags);
  return identity === null ? null : new WatchedFiles(files, identity, () => readFiles(flags));
}

async function readFiles({ tlsCert, tlsKey, tlsCa }: MasterTlsFlags): Promise<TlsIdentity | null> {
  const identity = await readIdentity(tlsCert, tlsKey);
  if (tlsCa === undefined) return identity;
  if (identity === null) throw new ConfigurationError("--tls-ca needs --tls-cert and --tls-key");
  return { ...identity, clientAuthorities: await readAuthority(tlsCa) };
}

/**
 * The TLS files, which may be replaced while the master runs. They are checked once a second, because notifications of the
 * system miss files that are mounted, or replaced together with their folder, as Kubernetes does.
 */
class WatchedFiles implements IdentitySource {
  readonly first: TlsIdentity;
  readonly #files: readonly string[];
  readonly #read: () => Promise<TlsIdentity | null>;
  /** The state of the files that are in use, or that were last reported as unusable. */
  #known: Promise<string>;

  constructor(files: readonly string[], first: TlsIdentity, read: () => Promise<TlsIdentity | null>) {
    this.#files = files;
    this.first = first;
    this.#read = read;
    this.#known = stateOf(files);
  }

  watch(onRenewed: (identity: TlsIdentity) => void, onUnusable: (reason: string) => void): () => void {
    let isLooking = false;
    let failed: string | null = null;
    const look = async () => {
      const state = await stateOf(this.#files);
      if (state === (await this.#known)) return;
      try {
        const identity = await this.#read();
        if (identity !== null) onRenewed(identity);
        this.#known = Promise.resolve(state);
      } catch (error) {
        // Two files are seldom replaced at the same instant. Report only files that are still unusable a second later.
        if (state === failed) {
          onUnusable(error instanceof Error ? error.message : String(error));
          this.#known = Promise.resolve(state);
        }
        failed = state;
      }
    };
    const timer = setInterval(() => {
      if (isLooking) return;
      isLooking = true;
      void look().finally(() => {
        isLooking = false;
      });
    }, lookEveryMs);
    timer.unref();
    return () => clearInterval(timer);
  }
}

async function stateOf(files: readonly string[]): Promise<string> {
  const states = await Promise.all(
    files.map((file) =>
      stat(file).then(
        ({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`,
        () => "missing",
      ),
    ),
  );
  return states.join();
}
