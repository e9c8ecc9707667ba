// npm runs this as the script `prepare`: in a checkout it builds dist/. npm also runs it where an installed package is linked into a
// project; a package has dist/ and no scripts/bootstrap.mjs, and nothing is left to do.

import { existsSync } from "node:fs";

const bootstrap = new URL("bootstrap.mjs", import.meta.url);
if (existsSync(bootstrap)) await import(bootstrap.href);
