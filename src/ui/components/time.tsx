import { localDateTime, localTime } from "../data/local-time.ts";

interface TimeProps {
  /** The time as ISO 8601, or in ms since 1970. */
  readonly at: string | number;
  /** The shown parts: the time with its zone, or without the zone where a header names it. */
  readonly parts?: "whole" | "date and clock" | "clock";
}

/** A time in the reader's time zone. Its tooltip shows date and zone. */
export function Time({ at, parts = "whole" }: TimeProps) {
  const { date, clock, offset } = localTime(at);
  const text = { whole: `${date} ${clock} ${offset}`, "date and clock": `${date} ${clock}`, clock }[parts];
  return (
    <time class="number" dateTime={new Date(at).toISOString()} title={localDateTime(at)}>
      {text}
    </time>
  );
}
