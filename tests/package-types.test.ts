import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "./support/temporary-folder.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

test("whoever has installed the package has the types of what a test imports, CSV files, text and bytes too", async (t) => {
  const folder = await temporaryFolder(t, {
    "node_modules/muster-load/package.json": await readFile(join(root, "package.json"), "utf8"),
    "package.json": '{ "type": "module" }',
    "users.csv": "name\nann\n",
    "query.sql": "select 1",
    "photo.png": "",
    "test.ts": `
      import { closed, defineConfig, defineTest } from "muster-load";
      import { sigV4 } from "muster-load/aws";
      import users from "./users.csv";
      import query from "./query.sql" with { type: "text" };
      import photo from "./photo.png" with { type: "bytes" };
      export const parts: [string, Blob] = [query.trim(), new Blob([photo])];
      export const config = defineConfig({ users: 3, runTime: "1m" });
      const name: string | undefined = users[0]?.name;
      export default defineTest({ users: [{ name: name ?? "a", tasks: { list: (vu) => vu.http.get("/") } }], auth: sigV4({ region: "eu-west-1" }), load: closed({ users: 1, spawnRate: 1, duration: "1s" }) });
    `,
  });
  // As it is published: without the sources.
  await symlink(join(root, "dist"), join(folder, "node_modules/muster-load/dist"));
  await symlink(join(root, "node_modules/@types"), join(folder, "node_modules/@types"));
  const { compilerOptions } = JSON.parse(await readFile(join(root, "tsconfig.json"), "utf8"));
  const { paths: _, ...usual } = compilerOptions;
  const options = { ...usual, preserveSymlinks: true };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: options, include: ["test.ts"] }));
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const { status, stdout } = spawnSync(process.execPath, [compiler, "-p", folder], { encoding: "utf8" });
  assert.equal(status, 0, stdout);
});
