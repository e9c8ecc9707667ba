/** A large figure of a finding: "40", "/s", "capacity". */
export interface AnswerFigure {
  readonly value: string;
  readonly unit: string;
  readonly note: string;
  readonly tone?: "passed" | "failed" | "invalid";
}
