import type { RunReport } from "../../report/page/model.ts";
import { CapacityPicture } from "../pictures/capacity-picture.tsx";
import { SoakPictures } from "../pictures/soak-picture.tsx";
import { SpikePictures } from "../pictures/spike-picture.tsx";
import { Section } from "./section.tsx";

const tones: Readonly<Record<string, string>> = { "✓": "passed", "✗": "failed", "!": "invalid" };

/** The findings of a capacity search, a spike or a soak: as pictures, and in the words of the terminal. */
export function Findings({ report }: { readonly report: RunReport }) {
  const { findings, result } = report;
  if (findings.length === 0) return null;
  return (
    <Section id="findings" title="Findings">
      <div class="answer-picture">
        {result.capacity !== null && <CapacityPicture capacity={result.capacity} />}
        {result.spike !== null && <SpikePictures report={report} />}
        {result.drift !== null && <SoakPictures report={report} />}
      </div>
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
