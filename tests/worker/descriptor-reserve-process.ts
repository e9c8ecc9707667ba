import { closeSync, openSync, writeSync } from "node:fs";
import { devNull } from "node:os";
import { DescriptorReserve } from "../../src/worker/descriptor-reserve.ts";

/*
 * Started by a test under an `ulimit -n` that is lower than the reserve asks for: writes how many files can be opened
 * beside it, and how many more once it is released.
 */
function countOpenable(): number {
  const opened: number[] = [];
  try {
    for (;;) opened.push(openSync(devNull, "r"));
  } catch {
    // That was the last.
  }
  for (const descriptor of opened) closeSync(descriptor);
  return opened.length;
}

const all = countOpenable();
const reserve = new DescriptorReserve(1_000);
const beside = countOpenable();
reserve.release();
writeSync(1, JSON.stringify({ all, beside, released: countOpenable() }));
