/**
 * Prints the warnings of Node.js, such as deprecations, by `print` and in the words of Node.js, which writes them to the
 * descriptor itself. Does nothing where Node.js prints none (`--no-warnings`).
 */
export function divertWarnings(print: (text: string) => void): void {
  const [usual] = process.listeners("warning");
  if (usual === undefined) return;
  process.off("warning", usual);
  let isFirst = true;
  process.on("warning", (warning: Error & { code?: string; detail?: string }) => {
    const { name, code, message, stack, detail } = warning;
    const isTraced = name === "DeprecationWarning" ? process.traceDeprecation : traces;
    const what = isTraced && stack !== undefined ? stack : `${name}: ${message}`;
    const hint =
      isFirst && !isTraced ? `\n(Use \`node ${flagOf(name)} ...\` to show where the warning was created)` : "";
    isFirst = false;
    print(
      `(node:${process.pid}) ${code === undefined ? "" : `[${code}] `}${what}${detail ? `\n${detail}` : ""}${hint}\n`,
    );
  });
}

const traces = process.execArgv.includes("--trace-warnings") || /--trace-warnings/.test(process.env.NODE_OPTIONS ?? "");

function flagOf(name: string): string {
  return name === "DeprecationWarning" ? "--trace-deprecation" : "--trace-warnings";
}
