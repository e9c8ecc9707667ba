import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { scratch } from "./paths.mjs";

const lock = path.join(scratch, "bootstrap.lock");
const ownerFile = path.join(lock, "owner");
const longestWaitMs = 10 * 60_000;
/** A lock without an owner is being made or unmade, which takes no time at all: after this it was abandoned. */
const ownerlessGraceMs = 5_000;

/** Runs `work` while no other bootstrap of this checkout installs or builds. */
export async function withLock(work) {
  await acquire();
  try {
    return await work();
  } finally {
    fs.rmSync(lock, { recursive: true, force: true });
  }
}

async function acquire() {
  fs.mkdirSync(scratch, { recursive: true });
  const deadline = Date.now() + longestWaitMs;
  for (let told = false; !makeFolder(lock); told = true) {
    if (isStale()) {
      removeStale();
      continue;
    }
    if (Date.now() > deadline)
      throw new Error(`another bootstrap holds ${lock} for too long; remove it if nothing runs`);
    if (!told) process.stderr.write("bootstrap: waiting for another bootstrap of this checkout\n");
    await sleep(100);
  }
  fs.writeFileSync(ownerFile, JSON.stringify({ pid: process.pid, host: os.hostname() }));
}

function isStale() {
  try {
    const owner = JSON.parse(fs.readFileSync(ownerFile, "utf8"));
    // A container that shares the folder has pids of its own, which say nothing here.
    return owner.host === os.hostname() && !isAlive(owner.pid);
  } catch {
    const madeAt = fs.statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
    return madeAt !== undefined && Date.now() - madeAt > ownerlessGraceMs;
  }
}

/** Guarded by a lock of its own: of two that saw the same stale lock, the slower one must not remove the new lock of the faster. */
function removeStale() {
  const guard = `${lock}.removal`;
  if (!makeFolder(guard)) {
    const madeAt = fs.statSync(guard, { throwIfNoEntry: false })?.mtimeMs;
    if (madeAt !== undefined && Date.now() - madeAt > ownerlessGraceMs)
      fs.rmSync(guard, { recursive: true, force: true });
    return;
  }
  try {
    if (isStale()) fs.rmSync(lock, { recursive: true, force: true });
  } finally {
    fs.rmSync(guard, { recursive: true, force: true });
  }
}

function makeFolder(folder) {
  try {
    fs.mkdirSync(folder);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
