import { useEffect, useState } from "preact/hooks";
import type { RunReport } from "../../report/page/model.ts";
import { Section } from "./section.tsx";

const tones: Readonly<Record<string, string>> = { "✓": "passed", "✗": "failed", "!": "invalid" };

/** The findings of a capacity search, a spike or a soak: as pictures, and in the words of the terminal. */
export function Findings({ report }: { readonly report: RunReport }) {
  const { findings } = report;
  const pictures = usePictures(findings.length > 0);
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

/** Loads the code of the pictures, which most runs do not need; null until then, and if the master is gone. A report contains it. */
function usePictures(isNeeded: boolean) {
  const [pictures, setPictures] = useState<typeof import("../pictures/answer-pictures.tsx") | null>(null);
  useEffect(() => {
    if (isNeeded) import("../pictures/answer-pictures.tsx").then(setPictures, () => {});
  }, [isNeeded]);
  return pictures;
}
