import { count } from "../../report/numbers.ts";
import type { ExceptionReport } from "../../report/page/model.ts";

/** The exceptions that the code of the test threw, with their stacks. */
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
          {stack === "" ? <p class="muted">no stack</p> : <pre class="stack">{stack}</pre>}
        </details>
      ))}
    </>
  );
}
