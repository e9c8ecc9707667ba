import type { LiveSearch } from "../../api/contract/live.ts";

const marks = { passed: "✓", failed: "✗", invalid: "!" } as const;

/** What a search for the capacity is at, what it knows, and its latest trials. */
export function SearchStatus({ search: { now, known, trials } }: { readonly search: LiveSearch }) {
  return (
    <section class="search-status" aria-label="Search for the capacity">
      <dl>
        <dt>now</dt>
        <dd class="number">{now ?? "nothing is tried"}</dd>
        <dt>known</dt>
        <dd class="number">{known ?? "nothing yet"}</dd>
      </dl>
      {trials.length > 0 && (
        <ol aria-label="Latest trials">
          {trials.toReversed().map(({ number, outcome, text }) => (
            <li key={number}>
              <span class={outcome}>{marks[outcome]}</span> trial {number}: {text}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
