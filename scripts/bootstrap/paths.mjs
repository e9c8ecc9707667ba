import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
export const modules = path.join(root, "node_modules");
export const binFolder = path.join(modules, ".bin");

/** The Node.js that everything but the bootstrap itself runs on: the devDependency `node`. */
export const pinnedNode = path.join(modules, "node", "bin", process.platform === "win32" ? "node.exe" : "node");

/** Ignored by git; holds what must outlive neither an install nor a build. */
export const scratch = path.join(root, ".muster");

/** Set for the npm that the bootstrap starts: that npm runs the script `prepare`, which is the bootstrap again. */
export const startedByBootstrap = "MUSTER_STARTED_BY_BOOTSTRAP";
