import { lstatSync, mkdirSync, constants as modes } from "node:fs";
import { enableCompileCache, getCompileCacheDir } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Keeps compiled code between runs, so that a command is ready sooner, and so is a worker. Node.js runs what it finds there: the folder
 * must be the user's own, and closed to others. Node.js would take one in the folder for temporary files, which anybody can make first.
 */
export function keepCompiledCode() {
  // NODE_COMPILE_CACHE: the user has chosen a folder, which Node.js has enabled already.
  if (getCompileCacheDir() !== undefined || process.env.NODE_DISABLE_COMPILE_CACHE) return;
  const { XDG_CACHE_HOME: given = "", HOME = "" } = process.env;
  const folder = join(given.startsWith("/") ? given : join(HOME || homedir(), ".cache"), "muster", "compiled");
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (isOwn(folder) && isOwn(join(folder, ".."))) enableCompileCache(folder);
  } catch {
    // Without a folder of its own, nothing is kept.
  }
}

/** @param {string} folder */
function isOwn(folder) {
  const found = lstatSync(folder);
  // Windows has no owner and mode of this kind; its profile folders are closed.
  if (process.getuid === undefined) return found.isDirectory();
  return found.isDirectory() && found.uid === process.getuid() && (found.mode & (modes.S_IWGRP | modes.S_IWOTH)) === 0;
}
