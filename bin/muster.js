#!/usr/bin/env node
// Read by Node.js versions that muster does not support, so that it can say so: only syntax that they parse, and no static import.

const needed = [22, 19];
const [major, minor] = process.versions.node.split(".").map(Number);

if (major < needed[0] || (major === needed[0] && minor < needed[1])) {
  process.stderr.write(
    `muster needs Node.js ${needed.join(".")} or newer; this is ${process.version} (${process.execPath})\n`,
  );
  // exitCodes.badConfiguration of src/core/errors.ts, which cannot be loaded here.
  process.exitCode = 104;
} else {
  // The store is SQLite, whose module older versions call experimental, on standard error.
  const { emitWarning } = process;
  process.emitWarning = (warning, ...rest) => {
    if (!String(warning).startsWith("SQLite is an experimental feature")) emitWarning.call(process, warning, ...rest);
  };
  void import("./compile-cache.mjs")
    .then(({ keepCompiledCode }) => keepCompiledCode())
    .then(() => import("../dist/bundle/cli/main.js"))
    .then(({ main }) => main(process.argv.slice(2)))
    .catch(async (error) => {
      const { existsSync } = await import("node:fs");
      const { fileURLToPath } = await import("node:url");
      if (existsSync(new URL("../dist/bundle/cli/main.js", import.meta.url))) throw error;
      const folder = fileURLToPath(new URL("..", import.meta.url));
      process.stderr.write(`muster is not built: ${folder} has no dist/; run \`npm run build\` there\n`);
      process.exitCode = 104;
    });
}
