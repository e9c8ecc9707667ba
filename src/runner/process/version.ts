import { createRequire } from "node:module";
import { packageFolder } from "../../core/own-files.ts";

/** The version of this package. */
export const version = (createRequire(packageFolder)("./package.json") as { version: string }).version;
