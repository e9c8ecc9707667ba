import { sparkPath } from "../data/spark.ts";

const width = 96;
const height = 20;

/** A line without axes: only its shape matters, and the table beside it says the rest. */
export function Spark({ values }: { readonly values: readonly (number | null)[] }) {
  return (
    <svg class="spark" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      <path d={sparkPath(values, width, height)} />
    </svg>
  );
}
