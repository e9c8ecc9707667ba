import type { Page } from "playwright-core";

/**
 * What a reader cannot read on a page, as "what: text": a page that scrolls sideways, text that is cut off by a box or stands out of it, and
 * texts over each other. A box that scrolls cuts nothing off on a screen, but on paper.
 */
export function layoutFaults(page: Page, { isPaper = false } = {}): Promise<string[]> {
  return page.evaluate(`(() => { ${code}; return findFaults(${isPaper}); })()`);
}

/** Runs in the page, whose types tests do not have. */
const code = String.raw`
function findFaults(isPaper) {
  const { scrollWidth } = document.documentElement;
  const faults = scrollWidth > innerWidth ? ["the page is " + scrollWidth + " px wide, the screen " + innerWidth] : [];
  const texts = shownTexts();
  for (const one of texts) {
    const fault = boxFault(one, isPaper);
    if (fault !== null) faults.push(fault + ": " + one.text);
  }
  const seen = texts.map((one) => ({ ...one, box: seenBox(one) }));
  for (const [position, one] of seen.entries()) {
    for (const other of seen.slice(position + 1)) {
      if (one.element !== other.element && overlap(one.box, other.box)) faults.push("over each other: " + one.text + " | " + other.text);
    }
  }
  return [...new Set(faults)];
}

function shownTexts() {
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    const text = node.textContent.trim();
    if (text === "" || !element.checkVisibility({ contentVisibilityAuto: true })) continue;
    if (element.closest("option, script, style, .visually-hidden, #overview > h2") !== null) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      if (box.width >= 1 && box.height >= 1) texts.push({ text: text.slice(0, 60), box, element });
    }
  }
  return texts;
}

/** The element and those around it. */
function boxesOf(element) {
  return element === null || element === document.body ? [] : [element, ...boxesOf(element.parentElement)];
}

function boxFault({ element, box }, isPaper) {
  // Blanks at the end of a wrapped line hang out of it.
  const least = getComputedStyle(element).whiteSpace === "pre-wrap" ? 10 : 1;
  for (const outer of boxesOf(element)) {
    const { display, overflowX, textOverflow, position } = getComputedStyle(outer);
    const scrolls = /auto|scroll/.test(overflowX);
    // Cut by intention, or within reach.
    if (textOverflow === "ellipsis" || (scrolls && !isPaper)) return null;
    // A drawing stands out of its svg by intention, not of what is around it.
    if (display === "inline" || display === "contents" || outer.tagName === "svg") continue;
    const frame = outer.getBoundingClientRect();
    if (box.right > frame.right + least || box.left < frame.left - 1) {
      return (overflowX === "visible" ? "out of " : "cut off by ") + outer.tagName.toLowerCase() + "." + outer.className;
    }
    if (position === "absolute") return null;
  }
  return null;
}

/** What is left of a box after all around it have cut it. */
function seenBox({ element, box }) {
  let { left, right, top, bottom } = box;
  for (const outer of boxesOf(element)) {
    if (getComputedStyle(outer).overflowX === "visible") continue;
    const frame = outer.getBoundingClientRect();
    [left, right] = [Math.max(left, frame.left), Math.min(right, frame.right)];
    [top, bottom] = [Math.max(top, frame.top), Math.min(bottom, frame.bottom)];
  }
  return { left, right, top, bottom };
}

function overlap(one, other) {
  const x = Math.min(one.right, other.right) - Math.max(one.left, other.left);
  const y = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
  return x > 2 && y > 4;
}`;
