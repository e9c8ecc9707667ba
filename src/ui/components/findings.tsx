import type { RunReport } from "../../report/page/model.ts";
import { Section } from "./section.tsx";
import { useLazy } from "./use-lazy.ts";

const loadPictures = () => import("../pictures/answer-pictures.tsx");

const tones: Readonly<Record<string, string>> = { "✓": "passed", "✗": "failed", "!": "invalid" };

/** The findings of a capacity search, a spike or a soak: as pictures, and as the text of the terminal. */
export function Findings({ report }: { readonly report: RunReport }) {
  const { findings } = report;
  const pictures = useLazy(loadPictures, findings.length > 0);
  if (findings.length === 0) return null;
  return (
    <Section id="findings" title="Findings">
      {pictures !== null && <pictures.AnswerPictures report={report} />}
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
