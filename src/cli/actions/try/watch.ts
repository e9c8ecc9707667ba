import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { type FSWatcher, watch } from "node:fs";
import { basename, dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { exitCodes, MusterError } from "../../../core/errors.ts";
import { packageFolder } from "../../../core/own-files.ts";
import { processEnd } from "../../../runner/process/process-end.ts";
import { stderr, stdout } from "../../../runner/process/standard-streams.ts";
import { onSignals } from "../../../runner/process/stopper.ts";
import { filesOfTest } from "../../../scenario/bundle/bundle.ts";

/** How long to wait after a change for further changes: an editor writes a file in several steps. */
const settleMs = 100;
/** How long a try may take to end after a change, `teardown` included. */
const endTimeoutMs = 5_000;
/** The environment variable of a watched try, which sends the paths of the files that its test opens to the watching process. */
const watchedVariable = "MUSTER_WATCHED_TRY";
const muster = fileURLToPath(new URL("bin/muster.js", packageFolder));

/**
 * `muster try --watch`: tries the test, and again after each change of the test file or a file that it imports, until a signal.
 * Each try is a new process, so that it keeps no state of the previous one.
 * @param words the command line without `--watch`
 */
export async function watchTest(testFile: string, words: readonly string[]): Promise<void> {
  const changes = new Changes(resolve(testFile));
  let isOver = false;
  let child: ChildProcess | null = null;
  const stopListening = onSignals(() => {
    isOver = true;
    child?.kill("SIGTERM");
    changes.wake();
  });
  while (!isOver) {
    await changes.follow(testFile);
    const env = { ...process.env, [watchedVariable]: "1" };
    child = fork(muster, words, { env, stdio: ["inherit", "inherit", "inherit", "ipc"] });
    child.on("message", (files: readonly string[]) => changes.add(files));
    const ended = once(child, "exit");
    const changed = changes.next();
    await Promise.race([ended, changed]);
    if (child.exitCode === null && child.signalCode === null) await end(child, ended);
    if (isOver) break;
    stdout.write(`\nwatching ${changes.count} files; Ctrl-C ends\n`);
    const file = await changed;
    if (file !== null) stdout.write(`\n── ${relative(process.cwd(), file)} has changed ──\n\n`);
  }
  changes.close();
  stopListening();
  processEnd.exitCode = exitCodes.signalled;
}

/**
 * Called in the process of a try: sends the files that the test opens by `file()` and `data()` to the watching process, if
 * there is one.
 */
export function tellOpenedFiles(files: readonly string[]): void {
  if (process.env[watchedVariable] !== undefined) process.send?.(files);
}

async function end(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  const timer = setTimeout(() => child.kill("SIGKILL"), endTimeoutMs);
  child.kill("SIGTERM");
  await ended;
  clearTimeout(timer);
}

/** Watches files. Folders are watched, because many editors replace a file instead of writing it. */
class Changes {
  #files: ReadonlySet<string>;
  readonly #watchers = new Map<string, FSWatcher>();
  #next = Promise.withResolvers<string | null>();
  #timer: NodeJS.Timeout | null = null;

  constructor(testFile: string) {
    this.#files = new Set([testFile]);
  }

  get count(): number {
    return this.#files.size;
  }

  /** Watches the files that the test imports now. If the test cannot be bundled, keeps watching the previous files. */
  async follow(testFile: string): Promise<void> {
    try {
      this.#files = new Set(await filesOfTest(testFile));
    } catch (error) {
      // The try itself reports the error.
      if (!(error instanceof MusterError)) throw error;
    }
    this.#watchFolders();
  }

  /** Watches these files, too. */
  add(files: readonly string[]): void {
    this.#files = new Set([...this.#files, ...files]);
    this.#watchFolders();
  }

  #watchFolders(): void {
    const folders = new Set([...this.#files].map((file) => dirname(file)));
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of folders) if (!this.#watchers.has(folder)) this.#watch(folder);
  }

  /** Waits for the next file that changes; resolves to null after `wake`. */
  next(): Promise<string | null> {
    this.#next = Promise.withResolvers();
    return this.#next.promise;
  }

  wake(): void {
    this.#next.resolve(null);
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
  }

  #watch(folder: string): void {
    const watcher = watch(folder, (_, name) => {
      const file = name === null ? null : resolve(folder, basename(name));
      if (file === null || !this.#files.has(file)) return;
      if (this.#timer !== null) clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#next.resolve(file), settleMs);
    });
    watcher.on("error", (error) => stderr.tryWrite(`muster: ${folder} is not watched any more: ${error.message}\n`));
    this.#watchers.set(folder, watcher);
  }
}
