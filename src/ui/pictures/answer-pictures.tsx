import type { RunReport } from "../../report/page/model.ts";
import { CapacityPicture } from "./capacity-picture.tsx";
import { SoakPictures } from "./soak-picture.tsx";
import { SpikePictures } from "./spike-picture.tsx";

/** The finding of a capacity search, a spike or a soak as pictures. */
export function AnswerPictures({ report }: { readonly report: RunReport }) {
  const { capacity, spike, drift } = report.result;
  return (
    <div class="answer-picture">
      {capacity !== null && <CapacityPicture capacity={capacity} />}
      {spike !== null && <SpikePictures report={report} />}
      {drift !== null && <SoakPictures report={report} />}
    </div>
  );
}
