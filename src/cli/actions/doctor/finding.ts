/** What one check found. Only `bad` keeps muster from working; `doubtful` may spoil a measurement. */
export interface Finding {
  readonly level: "good" | "doubtful" | "bad";
  /** What was looked at: "open files". */
  readonly what: string;
  readonly found: string;
  /** What to do about it; null when there is nothing to do. */
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
