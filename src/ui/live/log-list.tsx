import { useState } from "preact/hooks";
import type { LogLine } from "../../api/contract/live.ts";
import { filtered } from "../data/sorting.ts";

const tones: Readonly<Record<string, string>> = { error: "failed", fatal: "failed", warn: "invalid" };

/** What the nodes have logged, the newest on top. */
export function LogList({ logs }: { readonly logs: readonly LogLine[] }) {
  const [filter, setFilter] = useState("");
  const shown = filtered(logs, ({ node, level, message }) => `${node} ${level} ${message}`, filter).toReversed();
  return (
    <>
      <div class="toolbar">
        <input
          type="search"
          placeholder="filter"
          aria-label="Filter: log"
          value={filter}
          onInput={(event) => setFilter(event.currentTarget.value)}
        />
      </div>
      {shown.length === 0 ? (
        <p class="empty">{logs.length === 0 ? "nothing was logged yet" : "nothing matches the filter"}</p>
      ) : (
        <ol class="logs">
          {shown.map(({ at, node, level, message }, position) => (
            <li key={`${at} ${shown.length - position}`}>
              <span class="number muted">{new Date(at).toTimeString().slice(0, 8)}</span>
              <span class="number">{node}</span>
              <span class={tones[level] ?? "muted"}>{level}</span>
              <span>{message}</span>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}
