import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { waitUntil } from "../support/wait-until.ts";

/** Waits until the address of the page has this hash, which a press changes a moment later. */
export async function hasHash(page: Page, expected: string | RegExp): Promise<void> {
  const isSo = (hash: string) => (typeof expected === "string" ? hash === expected : expected.test(hash));
  let hash = "";
  await waitUntil(`the hash ${expected}`, () => {
    hash = new URL(page.url()).hash;
    return isSo(hash);
  }).catch(() => assert.fail(`the hash is ${hash}, not ${expected}`));
}

/** Waits until the first cards of the page say this, and are `count`. */
export async function hasCards(page: Page, first: readonly string[], count?: number): Promise<void> {
  let texts: string[] = [];
  await waitUntil("the cards", async () => {
    texts = await page.locator(".cards .value").allTextContents();
    return first.every((text, position) => texts[position] === text) && texts.length === (count ?? texts.length);
  }).catch(() => assert.deepEqual(texts, first));
}
