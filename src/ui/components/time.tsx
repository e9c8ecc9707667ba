import { localDateTime, localTime } from "../data/local-time.ts";

interface TimeProps {
  /** ISO 8601, or ms since 1970. */
  readonly at: string | number;
  /** What is shown: the time with its zone, or without one where a header names it. */
  readonly parts?: "whole" | "date and clock" | "clock";
}

/** A time in the reader's time zone. Its tooltip names date and zone. */
export function Time({ at, parts = "whole" }: TimeProps) {
  const { date, clock, offset } = localTime(at);
  const text = { whole: `${date} ${clock} ${offset}`, "date and clock": `${date} ${clock}`, clock }[parts];
  return (
    <time class="number" dateTime={new Date(at).toISOString()} title={localDateTime(at)}>
      {text}
    </time>
  );
}
