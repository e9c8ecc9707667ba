import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { givenToken, localToken } from "../../../src/cli/options/local-token.ts";
import { ConfigurationError } from "../../../src/core/errors.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { patienceMs } from "../../support/wait-until.ts";

const source = new URL("../../../src/cli/options/local-token.ts", import.meta.url);

test("the secret is made once, and only its user can read it", async (t) => {
  const config = await temporaryFolder(t);
  const token = localToken({ XDG_CONFIG_HOME: config });
  assert.match(token, /^[\w-]{32}$/);
  assert.equal(localToken({ XDG_CONFIG_HOME: config }), token);
  const file = join(config, "muster/token");
  assert.equal((await readFile(file, "utf8")).trim(), token);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal((await stat(join(config, "muster"))).mode & 0o777, 0o700);
  assert.deepEqual(await readdir(join(config, "muster")), ["token"]);
});

test("a secret is taken from a file, and what is none is refused", async (t) => {
  const folder = await temporaryFolder(t, { token: " a secret of a file\n", empty: "\n", long: "x".repeat(5_000) });
  assert.equal(givenToken({}), "");
  assert.equal(givenToken({ token: "a" }), "a");
  assert.equal(givenToken({ tokenFile: join(folder, "token") }), "a secret of a file");
  assert.throws(() => givenToken({ token: "a", tokenFile: join(folder, "token") }), /contradict each other/);
  assert.throws(() => givenToken({ tokenFile: join(folder, "none") }), /--token-file .*none cannot be read: ENOENT/);
  assert.throws(() => givenToken({ tokenFile: join(folder, "empty") }), /is empty/);
  assert.throws(() => givenToken({ tokenFile: join(folder, "long") }), /it has 5000 bytes/);
});

test("processes that start at the same time use the same secret", async (t) => {
  const config = await temporaryFolder(t);
  const code = `import { localToken } from ${JSON.stringify(source.href)}; console.log(localToken());`;
  const run = () =>
    promisify(execFile)(process.execPath, ["--no-warnings", "--input-type=module-typescript", "--eval", code], {
      env: { ...process.env, XDG_CONFIG_HOME: config },
      timeout: patienceMs,
    });
  const found = await Promise.all(Array.from({ length: 4 }, run));
  assert.equal(new Set(found.map(({ stdout }) => stdout)).size, 1);
});

test("a secret that others could have read or written is refused", async (t) => {
  const config = await temporaryFolder(t);
  const file = join(config, "muster/token");
  await mkdir(join(config, "muster"));
  const refused = (message: RegExp) =>
    assert.throws(
      () => localToken({ XDG_CONFIG_HOME: config }),
      (error) => error instanceof ConfigurationError && message.test(error.message),
    );
  await writeFile(file, "0123456789abcdef\n", { mode: 0o644 });
  await chmod(file, 0o644);
  refused(/is not a file that only you can read: remove it/);
  await rm(file);
  await writeFile(join(config, "elsewhere"), "0123456789abcdef\n", { mode: 0o600 });
  await symlink(join(config, "elsewhere"), file);
  refused(/is not a file that only you can read/);
  await rm(file);
  await writeFile(file, "short\n", { mode: 0o600 });
  refused(/has no secret of at least 16 characters/);
  refused(/remove it/);
});

test("a folder that cannot be written is named, with a way out", async (t) => {
  const config = await temporaryFolder(t, { "not-a-folder": "" });
  assert.throws(
    () => localToken({ XDG_CONFIG_HOME: join(config, "not-a-folder") }),
    /cannot be stored: .*not-a-folder.*; set MUSTER_TOKEN/,
  );
});
