import { Card } from "../components/cards.tsx";
import type { AnswerFigure } from "./answer-figure.ts";

/** The answer in large figures; the first one is the largest. */
export function AnswerFigures({ figures }: { readonly figures: readonly AnswerFigure[] }) {
  return (
    <div class="cards answer">
      {figures.map((figure) => (
        <Card key={figure.note} {...figure} />
      ))}
    </div>
  );
}
