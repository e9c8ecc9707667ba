import assert from "node:assert/strict";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { MusterProcess } from "../../support/muster-process.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import type { Attack } from "./attack.ts";

async function muster(t: TestContext, words: readonly string[], env: Readonly<Record<string, string>>) {
  const command = new MusterProcess(t, words, { env: { NODE_COMPILE_CACHE: "", ...env } });
  const { code } = await command.ended();
  return { code, stdout: command.stdout, stderr: command.stderr };
}

/** The folder for compiled code is not as it has to be: nothing is written there, and the command works without it. */
function unusedCache(name: string, prepare: (cache: string, other: string) => void): Attack {
  return {
    name,
    attack: async (t) => {
      const [cache, other] = [await temporaryFolder(t), await temporaryFolder(t)];
      mkdirSync(join(cache, "muster"), { mode: 0o700 });
      prepare(cache, other);
      const { code, stderr } = await muster(t, ["--version"], { XDG_CACHE_HOME: cache });
      assert.equal(code, 0, stderr);
      assert.deepEqual(filesBelow(cache), []);
      assert.deepEqual(filesBelow(other), []);
    },
  };
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((one) =>
    one.isFile() ? [one.name] : [],
  );
}

/** The secret of the user is not in a file that only this user can have written and read: no master starts with it. */
function refusedToken(name: string, prepare: (file: string, other: string) => void): Attack {
  return {
    name,
    attack: async (t) => {
      const [config, other] = [await temporaryFolder(t), await temporaryFolder(t)];
      mkdirSync(join(config, "muster"), { mode: 0o700 });
      prepare(join(config, "muster/token"), other);
      const { code, stderr } = await muster(t, ["worker", "--connect-timeout=1s", "--master-port=9"], {
        XDG_CONFIG_HOME: config,
      });
      assert.equal(code, 104, stderr);
      assert.match(stderr, /^muster: .*token.*\n$/);
    },
  };
}

const secret = "0123456789abcdef0123456789abcdef";

/** Another user of the same machine. */
export const localUserAttacks: readonly Attack[] = [
  {
    name: "the folder for temporary files has compiled code of somebody else",
    attack: async (t) => {
      const [temporary, cache] = [await temporaryFolder(t), await temporaryFolder(t)];
      const trap = join(temporary, "node-compile-cache");
      mkdirSync(trap);
      chmodSync(trap, 0o777);
      const { code, stderr } = await muster(t, ["--version"], { TMPDIR: temporary, XDG_CACHE_HOME: cache });
      assert.equal(code, 0, stderr);
      assert.deepEqual(filesBelow(temporary), []);
      assert.ok(filesBelow(cache).length > 0, "compiled code is kept in a folder of the user");
      assert.equal(statSync(join(cache, "muster/compiled")).mode & 0o077, 0);
    },
  },
  unusedCache("others can write to the folder of compiled code", (cache) => {
    mkdirSync(join(cache, "muster/compiled"));
    chmodSync(join(cache, "muster/compiled"), 0o777);
  }),
  unusedCache("others can replace the folder of compiled code", (cache) => {
    mkdirSync(join(cache, "muster/compiled"), { mode: 0o700 });
    chmodSync(join(cache, "muster"), 0o777);
  }),
  unusedCache("the folder of compiled code is a link", (cache, other) =>
    symlinkSync(other, join(cache, "muster/compiled")),
  ),
  unusedCache("the folder of compiled code belongs to somebody else", (cache) => {
    mkdirSync(join(cache, "muster/compiled"), { mode: 0o755 });
    if (process.getuid?.() === 0) chownSync(join(cache, "muster/compiled"), 65_534, 65_534);
    else chmodSync(join(cache, "muster/compiled"), 0o777);
  }),
  refusedToken("others can read the secret of the user", (file) => {
    writeFileSync(file, secret);
    chmodSync(file, 0o644);
  }),
  refusedToken("the secret of the user is a link", (file, other) => {
    writeFileSync(join(other, "token"), secret, { mode: 0o600 });
    symlinkSync(join(other, "token"), file);
  }),
  refusedToken("the secret of the user is a folder", (file) => mkdirSync(file)),
  refusedToken("the secret of the user is short enough to guess", (file) =>
    writeFileSync(file, "guess", { mode: 0o600 }),
  ),
  {
    name: "a new secret is made where nobody else can read it",
    attack: async (t) => {
      const config = await temporaryFolder(t);
      await muster(t, ["worker", "--connect-timeout=100ms", "--master-port=9"], { XDG_CONFIG_HOME: config });
      assert.equal(statSync(join(config, "muster/token")).mode & 0o777, 0o600);
      assert.equal(statSync(join(config, "muster")).mode & 0o777, 0o700);
      assert.ok(readFileSync(join(config, "muster/token"), "utf8").trim().length >= 32);
    },
  },
  {
    name: "the processes of the run say their token in their command lines",
    attack: async (_t, { token, master }) => {
      let seen = 0;
      for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
        const words = readIfThere(`/proc/${pid}/cmdline`);
        if (words.includes("muster.js")) seen++;
        assert.ok(!words.includes(token), `process ${pid}: ${words}`);
      }
      assert.ok(seen >= 3 && existsSync(`/proc/${master.pid}`));
    },
  },
  {
    name: "others read the store of the run while it is written",
    attack: async (_t, { master }) => {
      const files = readdirSync(master.dataFolder);
      assert.ok(files.includes("muster.db"));
      for (const name of files) assert.equal(statSync(join(master.dataFolder, name)).mode & 0o077, 0, name);
      assert.equal(statSync(master.dataFolder).mode & 0o077, 0);
    },
  },
  {
    name: "the token is in the log, the store or the environment that others can read",
    attack: async (_t, { token, master }) => {
      assert.ok(!(master.stdout + master.stderr).includes(token));
      for (const name of readdirSync(master.dataFolder)) {
        assert.ok(!readFileSync(join(master.dataFolder, name), "latin1").includes(token), name);
      }
      if (process.getuid?.() !== undefined) assert.equal(lstatSync(`/proc/${master.pid}/environ`).mode & 0o077, 0);
    },
  },
  {
    name: "the folder of the store belongs to somebody else, and everybody can write to it",
    attack: async (t) => {
      if (process.getuid?.() !== 0) return t.skip("only root can give a folder away");
      const folder = join(await temporaryFolder(t), "shared");
      mkdirSync(folder);
      chownSync(folder, 65_534, 65_534);
      chmodSync(folder, 0o777);
      const { code, stderr } = await muster(t, ["run", "http://127.0.0.1:9"], { MUSTER_DATA_DIR: folder });
      assert.equal(code, 104, stderr);
      assert.match(stderr, /belongs to another user/);
      assert.deepEqual(readdirSync(folder), []);
    },
  },
  {
    name: "the folder of an output belongs to somebody else, and everybody can write to it",
    attack: async (t) => {
      if (process.getuid?.() !== 0) return t.skip("only root can give a folder away");
      const folder = join(await temporaryFolder(t), "shared");
      mkdirSync(folder);
      chownSync(folder, 65_534, 65_534);
      chmodSync(folder, 0o777);
      const { code, stderr } = await muster(t, ["run", "http://127.0.0.1:9", `--json=${join(folder, "r.json")}`], {});
      assert.equal(code, 104, stderr);
      assert.match(stderr, /belongs to another user/);
      assert.deepEqual(readdirSync(folder), []);
    },
  },
  {
    name: "the file of --stream is a link to a file of somebody else",
    attack: async (t) => {
      const folder = await temporaryFolder(t, { victim: "untouched" });
      symlinkSync(join(folder, "victim"), join(folder, "run.ndjson"));
      await muster(
        t,
        ["run", "http://127.0.0.1:9", "--run-time=1s", "-u1", `--stream=${join(folder, "run.ndjson")}`],
        {},
      );
      assert.equal(readFileSync(join(folder, "victim"), "utf8"), "untouched");
      assert.ok(lstatSync(join(folder, "run.ndjson")).isFile());
    },
  },
];

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // The process has ended.
    return "";
  }
}
