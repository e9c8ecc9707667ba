/** Tests that judge muster by the clock of the machine. Only `npm run test:deep` runs them, and whoever names them. */
export const timingFolder = "tests/timing";

/** Groups run one after the other; a file belongs to the innermost folder that holds it. */
export const groups: readonly { readonly folder: string; readonly filesAtOnce: number }[] = [
  // The end-to-end tests among them wait most of the time.
  { folder: "tests", filesAtOnce: 4 },
  // They measure time, and so few run at once that they measure muster and not each other.
  { folder: timingFolder, filesAtOnce: 2 },
  // They take a whole CPU away.
  { folder: "tests/timing/alone", filesAtOnce: 1 },
];

/**
 * Folders whose files share one process, beside the rest of their group, which saves a start of 0.25 s of CPU for each file. Their tests
 * start no other process and leave theirs as it was, which tests/shared-process.test.ts checks.
 */
export const sharedFolders = [
  ...["tests/core", "tests/stats", "tests/protocol", "tests/analysis", "tests/report", "tests/scenario/resolve"],
  ...["tests/master", "tests/store/windows", "tests/ui/charts", "tests/ui/data"],
  ...["tests/worker/executors", "tests/worker/time", "tests/worker/user"],
];
