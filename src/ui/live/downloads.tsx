import { filePath } from "./api-client.ts";

const kinds = ["html", "csv", "json", "hlog"] as const;

/** Links to the report files of a run. During the run they contain the result so far. */
export function Downloads({ id }: { readonly id: string }) {
  return (
    <span class="downloads">
      <span class="muted">download</span>
      {kinds.map((kind) => (
        <a key={kind} href={filePath(id, kind)} download>
          {kind.toUpperCase()}
        </a>
      ))}
    </span>
  );
}
