import { Section } from "./section.tsx";

const tones: Readonly<Record<string, string>> = { "✓": "passed", "✗": "failed", "!": "invalid" };

/** The findings of a capacity search, a spike or a soak, in the words of the terminal. */
export function Findings({ findings }: { readonly findings: readonly string[] }) {
  if (findings.length === 0) return null;
  return (
    <Section id="findings" title="Findings">
      <pre class="findings">
        {findings.map((line, position) => {
          const tone = tones[line.trimStart().slice(0, 1)];
          return (
            <div key={`${position} ${line}`} {...(tone === undefined ? {} : { class: tone })}>
              {line === "" ? " " : line}
            </div>
          );
        })}
      </pre>
    </Section>
  );
}
