import { Card } from "../components/cards.tsx";
import type { AnswerFigure } from "./answer-figure.ts";

/** The finding in large figures. The first one is the largest. */
export function AnswerFigures({ figures }: { readonly figures: readonly AnswerFigure[] }) {
  return (
    <div class="cards answer">
      {figures.map((figure) => (
        <Card key={figure.note} {...figure} />
      ))}
    </div>
  );
}
