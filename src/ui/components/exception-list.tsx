import { count } from "../../report/numbers.ts";
import type { ExceptionReport } from "../../report/page/model.ts";

/** What the test's own code threw, with the place in its source. */
export function ExceptionList({ exceptions }: { readonly exceptions: readonly ExceptionReport[] }) {
  if (exceptions.length === 0) return null;
  return (
    <>
      <h3>Exceptions of the test's code</h3>
      {exceptions.map(({ name, message, stack, count: times }) => (
        <details key={`${name} ${message}`}>
          <summary>
            <span class="number">{count(times)} ×</span> {name}: {message}
          </summary>
          {stack === "" ? <p class="muted">it had no stack</p> : <pre class="stack">{stack}</pre>}
        </details>
      ))}
    </>
  );
}
