import { randomBytes } from "node:crypto";
import { chmodSync, linkSync, lstatSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { ConfigurationError } from "../../core/errors.ts";
import { keepSecret } from "../../core/redaction/known-secrets.ts";

/**
 * Returns the secret that a master and workers of one user on this machine share when none is given. It is generated once and
 * stored in a file that only this user can read: `$XDG_CONFIG_HOME/muster/token`, by default in `~/.config`.
 * @throws ConfigurationError if the file cannot be created or read, or if other users could have read or written it
 */
export function localToken(environment: NodeJS.ProcessEnv = process.env): string {
  const { XDG_CONFIG_HOME: config } = environment;
  const folder = join(config === undefined || config === "" ? join(homedir(), ".config") : config, "muster");
  const file = join(folder, "token");
  try {
    const token = readToken(file) ?? makeToken(folder, file);
    keepSecret(token);
    return token;
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigurationError(
      `the secret of masters and workers on this machine cannot be stored: ${why}; set MUSTER_TOKEN, here and on the other side`,
      { cause },
    );
  }
}

/** The size of the largest file that `--token-file` accepts. A file with a secret is smaller. */
const mostFileBytes = 4_096;

/**
 * Returns the secret of `--token` or `--token-file`; "" if neither is given.
 * @throws ConfigurationError if both are given, or if the file cannot be read or is empty
 */
export function givenToken({
  token = "",
  tokenFile = "",
}: {
  readonly token?: string;
  readonly tokenFile?: string;
}): string {
  if (tokenFile === "") return token;
  if (token !== "")
    throw new ConfigurationError("--token (MUSTER_TOKEN) and --token-file contradict each other: give one");
  let found: string;
  try {
    const { size } = statSync(tokenFile);
    if (size > mostFileBytes) throw new Error(`it has ${size} bytes`);
    found = readFileSync(tokenFile, "utf8").trim();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigurationError(`--token-file ${tokenFile} cannot be read: ${why}`, { cause });
  }
  if (found === "") throw new ConfigurationError(`--token-file ${tokenFile} is empty: write the secret into it`);
  keepSecret(found);
  return found;
}

/** Reads the secret from the file; null if the file does not exist yet. */
function readToken(file: string): string | null {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (found === undefined) return null;
  // Windows has no such owner and mode.
  const isOurs = process.getuid === undefined || (found.uid === process.getuid() && (found.mode & 0o077) === 0);
  if (!found.isFile() || !isOurs) {
    throw new ConfigurationError(
      `${file} is not a file that only you can read: remove it (muster makes a new one), or set MUSTER_TOKEN, here and on the other side`,
    );
  }
  const token = readFileSync(file, "utf8").trim();
  if (token.length >= 16) return token;
  throw new ConfigurationError(
    `${file} has no secret of at least 16 characters: remove it, and muster makes a new one`,
  );
}

/**
 * Creates the file with a new secret. If two processes do this at once, both use the file of the first. No process sees a
 * half-written file.
 */
function makeToken(folder: string, file: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = join(folder, `token.${randomBytes(8).toString("hex")}`);
  const token = randomBytes(24).toString("base64url");
  writeFileSync(draft, `${token}\n`, { mode: 0o600, flag: "wx" });
  try {
    chmodSync(draft, 0o600);
    linkSync(draft, file);
    return token;
  } catch (error) {
    const winner = (error as NodeJS.ErrnoException).code === "EEXIST" ? readToken(file) : null;
    if (winner === null) throw error;
    return winner;
  } finally {
    rmSync(draft, { force: true });
  }
}
