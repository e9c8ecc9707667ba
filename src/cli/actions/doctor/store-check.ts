import { accessSync, constants, existsSync, statfsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { MusterError } from "../../../core/errors.ts";
import { bytes } from "../../../report/numbers.ts";
import { openExistingStore } from "../../../runner/run-stores.ts";
import { bad, doubtful, type Finding, good } from "./finding.ts";

/** The free space in bytes that is enough: five times the size of a run of one day. */
const enoughSpace = 1e9;

const elsewhere = "choose another folder with --data-dir";

/** Checks that runs can be stored in `folder`. Does not create it. */
export function store(folder: string, freeBytes = freeBytesAt): Finding {
  try {
    const runs = runsIn(folder);
    const place = nearestFolder(folder);
    if (!statSync(place).isDirectory()) return bad("store", `${place} is not a folder`, elsewhere);
    accessSync(place, constants.W_OK);
    const free = freeBytes(place);
    const found = `${folder} has ${runs === null ? "no runs yet" : `${runs} runs`}, ${bytes(free)} are free`;
    return free < enoughSpace ? doubtful("store", found, `free some space, or ${elsewhere}`) : good("store", found);
  } catch (error) {
    if (!(error instanceof MusterError) && !isSystemError(error)) throw error;
    return bad("store", error.message, elsewhere);
  }
}

function runsIn(folder: string): number | null {
  using opened = openExistingStore(folder);
  return opened?.runs().length ?? null;
}

/** Returns the folder itself, or its nearest ancestor that exists. */
function nearestFolder(folder: string): string {
  let place = resolve(folder);
  while (!existsSync(place)) place = dirname(place);
  return place;
}

function freeBytesAt(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

function isSystemError(error: unknown): error is Error {
  return error instanceof Error && "syscall" in error;
}
