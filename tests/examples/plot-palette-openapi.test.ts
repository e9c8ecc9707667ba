import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { ApiDocument, parseApiText } from "../../src/cli/actions/convert/openapi/api-document.ts";
import { operationsOf } from "../../src/cli/actions/convert/openapi/operation.ts";

const api = fileURLToPath(new URL("../../examples/plot-palette/api/", import.meta.url));

test("the OpenAPI description of the sample API has its routes, and no others", async () => {
  const document = new ApiDocument(
    "openapi.yaml",
    await parseApiText("openapi.yaml", await readFile(`${api}openapi.yaml`, "utf8")),
  );
  const described = operationsOf(document).map(({ method, path }) => `${method} ${path.replace(/\{\w+\}/g, ":id")}`);
  const files = ["health", "job", "template", "admin"].map((name) =>
    readFile(`${api}routes/${name}-routes.ts`, "utf8"),
  );
  const routes = (await Promise.all(files)).flatMap((text) => text.match(/(?<=")[A-Z]+ \/[\w/:]+(?=")/g) ?? []);
  assert.deepEqual(described.toSorted(), routes.toSorted());
});
