import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmod, copyFile, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ofBusyMachine } from "../support/assert-passed.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import type { Cleanup } from "../support/test-process.ts";
import { patienceMs, waitUntil } from "../support/wait-until.ts";
import { root } from "./markdown.ts";

/*
 * What a reader's shell would find: `muster`, and `npm` as far as it starts muster. What the test adds behind a command's
 * own words (a flag given twice counts as the last) comes by DOCS_… variables. A run that is invalid is no fault of the
 * documents, if the machine was too busy: `assertRan` looks at what it said.
 */
const invalid = "this run is invalid";
const musterCommand = `#!/bin/sh
case "$1" in
  run) shift; set -- run "$@" $DOCS_RUN ;;
  master) set -- "$@" $DOCS_RUN $DOCS_MASTER ;;
  worker) set -- "$@" $DOCS_WORKER ;;
esac
node "${root}bin/muster.js" "$@" && code=0 || code=$?
[ "$code" = 110 ] && echo "${invalid}" >&2 && exit 0
exit "$code"
`;
const npmCommand = `#!/bin/sh
[ "$1 $2 $3 $4" = "run -s muster --" ] || { echo "the tests know no: npm $*" >&2; exit 1; }
shift 4
exec muster "$@"
`;

/** A folder in which the commands of the documents can be run. */
export class Shell {
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;

  private constructor(folder: string, env: NodeJS.ProcessEnv) {
    this.#folder = folder;
    this.#env = env;
  }

  static async create(cleanup: Cleanup, env: Readonly<Record<string, string>>): Promise<Shell> {
    const folder = await temporaryFolder(cleanup);
    const bin = join(folder, "bin");
    await mkdir(bin);
    for (const [name, text] of Object.entries({ muster: musterCommand, npm: npmCommand })) {
      await writeFile(join(bin, name), text);
      await chmod(join(bin, name), 0o755);
    }
    await symlink(join(root, "examples"), join(folder, "examples"));
    await copyFile(join(root, "examples/plot-palette/first-test.ts"), join(folder, "load-test.ts"));
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(MUSTER_|PLOT_PALETTE_|NODE_|API_END)/.test(name),
    );
    const path = [bin, dirname(process.execPath), process.env.PATH].join(":");
    return new Shell(folder, { ...Object.fromEntries(inherited), ...env, PATH: path });
  }

  start(cleanup: Cleanup, script: string, env: Readonly<Record<string, string>> = {}): Script {
    return new Script(cleanup, script, this.#folder, { ...this.#env, ...env });
  }
}

/** A script on its way. Killed at the end of the test at the latest. */
export class Script {
  output = "";
  #code: number | null | undefined;

  constructor(cleanup: Cleanup, script: string, cwd: string, env: NodeJS.ProcessEnv) {
    const child = spawn("sh", ["-euc", script], { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.output += text;
      });
    }
    child.once("close", (code) => {
      this.#code = code;
    });
    cleanup.after(() => {
      // The whole group: a shell's children do not end with it.
      if (this.#code === undefined && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    });
  }

  /** Waits for the end: the exit code, null when a signal ended it. */
  async ended(): Promise<number | null> {
    await waitUntil("the end of the script", () => this.#code !== undefined, 3 * patienceMs);
    return this.#code ?? null;
  }

  /** Waits for the end, which must be a success, but for runs that a busy machine made invalid or that are too short to compare. */
  async assertRan(): Promise<void> {
    assert.equal(await this.ended(), 0, this.output);
    const isExcused = ofBusyMachine.test(this.output) || this.output.includes("nothing could be compared");
    if (this.output.includes(invalid)) assert.ok(isExcused, this.output);
  }

  /** Where its web page is. */
  async webUrl(): Promise<string> {
    return await waitUntil("the web page", () => {
      if (this.#code !== undefined) throw new Error(`the master ended:\n${this.output}`);
      return /the web page is at (http:[^\s"]+)/.exec(this.output)?.[1];
    });
  }

  /** The port on which its master listens. */
  async masterPort(): Promise<string> {
    return await waitUntil("the master's port", () => {
      if (this.#code !== undefined) throw new Error(`the master ended:\n${this.output}`);
      return /"port":(\d+)/.exec(this.output)?.[1];
    });
  }
}
