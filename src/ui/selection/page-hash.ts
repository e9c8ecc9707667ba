/** The fragment of a page's URL: a path, and the selection after a question mark. */
export interface PageHash {
  /** The path: "/runs/ID" on the live page; empty, or the id of a section, on a report. */
  readonly path: string;
  readonly selection: string;
}

export function pageHash(hash: string): PageHash {
  const text = hash.replace(/^#/, "");
  const at = text.indexOf("?");
  return at < 0 ? { path: text, selection: "" } : { path: text.slice(0, at), selection: text.slice(at + 1) };
}

/** The fragment with its number sign. */
export function formatHash({ path, selection }: PageHash): string {
  return `#${path}${selection === "" ? "" : `?${selection}`}`;
}
