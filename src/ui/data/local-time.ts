const oneDay = { year: "numeric", month: "2-digit", day: "2-digit" } as const;
const oneTime = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" } as const;
/** A time in a text of the master, as ISO 8601 in UTC. */
const isoTime = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** The parts of a time as shown to the reader. */
export interface LocalTime {
  /** "2026-11-29" */
  readonly date: string;
  /** "16:20:05" */
  readonly clock: string;
  /** The difference to UTC at that time: "UTC", "UTC+1", "UTC-3:30". */
  readonly offset: string;
}

/**
 * Converts a time to a time zone.
 * @param at the time as ISO 8601, or in ms since 1970
 * @param zone the name of a time zone; by default that of the reader
 */
export function localTime(at: string | number, zone?: string): LocalTime {
  const format = new Intl.DateTimeFormat("en-US", {
    ...oneDay,
    ...oneTime,
    timeZoneName: "longOffset",
    ...(zone === undefined ? {} : { timeZone: zone }),
  });
  const parts = new Map(format.formatToParts(new Date(at)).map(({ type, value }) => [type, value]));
  const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? "";
  return {
    date: `${of("year")}-${of("month")}-${of("day")}`,
    clock: `${of("hour")}:${of("minute")}:${of("second")}`,
    // "GMT", "GMT+00:00", "GMT+01:00", "GMT-03:30"
    offset: of("timeZoneName")
      .replace("GMT", "UTC")
      .replace("+00:00", "")
      .replace(/([+-])0?(\d+):00$/, "$1$2")
      .replace(/([+-])0(\d:)/, "$1$2"),
  };
}

/** The name of the reader's time zone: "Europe/Berlin". */
export function zoneName(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** A date and a time with their zone: "2026-11-29 16:20:05 UTC+1". */
export function localDateTime(at: string | number, zone?: string): string {
  const { date, clock, offset } = localTime(at, zone);
  return `${date} ${clock} ${offset}`;
}

/** Converts the times in a text of the master from UTC to the reader's time zone. */
export function withLocalTimes(text: string, zone?: string): string {
  return text.replace(isoTime, (at) => localDateTime(at, zone));
}
