import fs from "node:fs";
import path from "node:path";
import { modules } from "./paths.mjs";

/** The licences of the packages to which these files belong, as one text: their code is in a bundle. */
export function licensesOf(files) {
  const named = files.map((file) => /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]);
  const packages = [...new Set(named)].filter((name) => name !== undefined).sort();
  return packages.map(licenseOf).join("\n\n");
}

function licenseOf(name) {
  const place = path.join(modules, name);
  const { version, license } = JSON.parse(fs.readFileSync(path.join(place, "package.json"), "utf8"));
  const file = fs.readdirSync(place).find((entry) => /^licen[cs]e/i.test(entry));
  // Some packages name their licence in package.json only.
  const text = file === undefined ? "" : `\n${fs.readFileSync(path.join(place, file), "utf8").trim()}\n`;
  return `${name} ${version} (${license})\n${text}`;
}
