/** The result of one check. `bad` prevents muster from working; `doubtful` can distort a measurement. */
export interface Finding {
  readonly level: "good" | "doubtful" | "bad";
  /** What was checked, e.g. "open files". */
  readonly what: string;
  readonly found: string;
  /** How to fix it; null when there is nothing to fix. */
  readonly advice: string | null;
}

export function good(what: string, found: string): Finding {
  return { level: "good", what, found, advice: null };
}

export function doubtful(what: string, found: string, advice: string): Finding {
  return { level: "doubtful", what, found, advice };
}

export function bad(what: string, found: string, advice: string): Finding {
  return { level: "bad", what, found, advice };
}
