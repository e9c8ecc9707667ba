// write-schemas.mjs FOLDER: writes the JSON Schema of what muster writes for machines into the folder of the compiled reports.

import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import * as z from "zod";

const [folder = ""] = process.argv.slice(2);

/** @param {string} name */
const load = (name) => import(pathToFileURL(path.resolve(folder, name)).href);

const { baselineSchema } = await load("baseline.js");
const { resultSchema } = await load("result-schema.js");
const { streamLineSchema } = await load("stream-schema.js");

for (const [file, title, schema] of [
  ["baseline.schema.json", "muster-baseline/1", baselineSchema],
  ["result.schema.json", "muster-result/1", resultSchema],
  ["stream.schema.json", "muster-stream/1: one line", streamLineSchema],
]) {
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: "draft-2020-12" });
  fs.writeFileSync(path.join(folder, file), `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`);
}
