// write-schemas.mjs FOLDER: writes the JSON Schema of what muster writes for machines into FOLDER.

import fs from "node:fs";
import path from "node:path";
import * as z from "zod";
import { baselineSchema } from "../../src/report/result/baseline.ts";
import { resultSchema } from "../../src/report/result/result-schema.ts";
import { streamLineSchema } from "../../src/report/result/stream-schema.ts";

const [folder = ""] = process.argv.slice(2);

for (const [file, title, schema] of [
  ["baseline.schema.json", "muster-baseline/1", baselineSchema],
  ["result.schema.json", "muster-result/1", resultSchema],
  ["stream.schema.json", "muster-stream/1: one line", streamLineSchema],
]) {
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: "draft-2020-12" });
  fs.writeFileSync(path.join(folder, file), `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`);
}
