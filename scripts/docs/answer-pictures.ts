// `node scripts/bootstrap.mjs scripts/docs/answer-pictures.ts`: takes the pictures of the answers of a capacity search, a spike and a soak in
// docs/images, of the reports that their tests use. Needs chromium.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { renderHtml } from "../../src/report/page/html.ts";
import { openPage, startBrowser } from "../../tests/support/browser.ts";
import {
  absorbed,
  drifting,
  found,
  withCapacity,
  withDrift,
  withSpike,
} from "../../tests/ui/pictures/answered-reports.ts";
import { palettePng } from "./palette-png.ts";

const images = fileURLToPath(new URL("../../docs/images/", import.meta.url));
const reports = { capacity: withCapacity(found), spike: withSpike(absorbed), soak: withDrift(drifting) };

const folder = await mkdtemp(join(tmpdir(), "muster-pictures-"));
const endings: (() => unknown)[] = [() => rm(folder, { recursive: true, force: true })];
try {
  const browser = await startBrowser({ after: (end) => void endings.unshift(end) });
  for (const [name, report] of Object.entries(reports)) {
    const file = join(folder, `${name}.html`);
    await writeFile(file, renderHtml(report));
    const viewport = { width: 1_000, height: 800 };
    const { page } = await openPage(browser, pathToFileURL(file).href, { viewport, colorScheme: "light" });
    const picture = page.locator(".answer-picture");
    await picture.locator(".plane").first().waitFor();
    await writeFile(join(images, `answer-${name}.png`), palettePng(await picture.screenshot()));
    console.log(`docs/images/answer-${name}.png`);
  }
} finally {
  for (const end of endings) await end();
}
