// The first "test file" of each process that test files share. A test that fails may leave a server or a timer open, which would keep the
// process running for ever: the timeout of the test runner is one of tests, and ends no process.

import process from "node:process";
import { after } from "node:test";

/** A connection may take a while to close after the last test. */
const graceMs = 60_000;

after(() => {
  const endProcess = () => {
    const open = process.getActiveResourcesInfo().join(", ");
    console.error(`still open ${graceMs / 1_000} s after the last test, so the process is ended: ${open}`);
    process.exitCode = 1;
    // The test runner then reports which tests failed, and why.
    process.kill(process.pid, "SIGTERM");
  };
  setTimeout(endProcess, graceMs).unref();
});
