import type { RecordedStep } from "../har/recorded-step.ts";
import { alignSteps } from "./alignment.ts";
import { type IssuedValue, issuedValues, valueIn, valueInText } from "./issued-value.ts";
import { decoded, type Place, placesOf } from "./place.ts";
import { isPeculiar, isRelated } from "./relation.ts";

/** A value that the test takes from a response. */
export interface TakenValue {
  readonly issued: IssuedValue;
  /** The number of the step whose response has the value. */
  readonly step: number;
}

/** A value of a request that is not sent as it was recorded. */
export interface ReplacedValue {
  readonly place: Place;
  /** The part of the place's text that is replaced. */
  readonly value: string;
  /** The source of the new value: a value taken from a response, or one made for each request (a random UUID or the time). */
  readonly by: TakenValue | "uuid" | "milliseconds" | "seconds" | "iso-time";
}

export interface Correlation {
  readonly taken: readonly TakenValue[];
  /** The replaced values, by the number of the step. */
  readonly replaced: ReadonlyMap<number, readonly ReplacedValue[]>;
  /** Places whose values differ between two recordings and come from no response: "POST /orders: nonce". */
  readonly unexplained: readonly string[];
  /** Whether a second recording has confirmed the taken values. */
  readonly isConfirmed: boolean;
}

/** Returns a key that equal places of two recordings have in common. All fields of one text have the same `key`. */
function matchKey({ key, name }: Place): string {
  return `${key} ${name}`;
}

interface Candidate {
  readonly place: Place;
  readonly value: string;
  /** The value at the same place of the second recording; undefined without one. */
  readonly second: string | undefined;
}

/**
 * Finds the values of requests that an earlier response has issued. One recording shows values that are too peculiar to be
 * equal by chance, and ids that the names around them identify. A second recording of the same actions shows which values
 * change.
 */
export function correlate(steps: readonly RecordedStep[], second: readonly RecordedStep[] | null): Correlation {
  return new Correlator(steps, second === null ? null : alignSteps(steps, second)).correlation();
}

class Correlator {
  readonly #steps: readonly RecordedStep[];
  /** The steps of the second recording, by the number of the step. */
  readonly #mates: readonly (RecordedStep | null)[] | null;
  readonly #issued: ReadonlyMap<string, readonly TakenValue[]>;
  readonly #sent = new SentValues();
  readonly #taken = new Map<string, TakenValue>();
  readonly #unexplained = new Set<string>();
  /** The number of responses that were searched for a value, by the value. */
  readonly #searched = new Map<string, number>();
  readonly #foundInText = new Map<string, TakenValue>();

  constructor(steps: readonly RecordedStep[], mates: readonly (RecordedStep | null)[] | null) {
    this.#steps = steps;
    this.#mates = mates;
    this.#issued = issuedByValue(steps);
  }

  correlation(): Correlation {
    const replaced = new Map<number, readonly ReplacedValue[]>();
    for (const [number, step] of this.#steps.entries()) {
      const places = placesOf(step);
      const mate = this.#mates?.[number] ?? null;
      const matePlaces = new Map(mate === null ? [] : placesOf(mate).map((place) => [matchKey(place), place]));
      const found = places.flatMap((place) => this.#replacements(number, place, matePlaces.get(matchKey(place))));
      if (found.length > 0) replaced.set(number, found);
      for (const place of places) this.#sent.add(place, number);
    }
    return {
      taken: [...this.#taken.values()],
      replaced,
      unexplained: [...this.#unexplained],
      isConfirmed: this.#mates !== null,
    };
  }

  #replacements(number: number, place: Place, mate: Place | undefined): ReplacedValue[] {
    const replacements = candidatesOf(place, mate).flatMap((candidate): ReplacedValue[] => {
      const found = this.#sourceOf(candidate, number);
      return found === null ? [] : [{ place, value: candidate.value, by: this.#kept(found) }];
    });
    if (replacements.length > 0 || mate === undefined || mate.text === place.text || place.kind === "text") {
      return replacements;
    }
    const step = this.#steps[number];
    const by = freshKind(place.text, mate.text, step?.startedMs ?? 0);
    if (by !== null) return [{ place, value: place.text, by }];
    this.#unexplained.add(`${step?.method} ${step?.name}: ${place.name || place.key}`);
    return [];
  }

  /** Returns the taken value with the same origin if there is one, so that the test has one variable for it. */
  #kept(found: TakenValue): TakenValue {
    const key = `${found.step} ${JSON.stringify([found.issued.origin, found.issued.pattern])}`;
    const kept = this.#taken.get(key) ?? found;
    this.#taken.set(key, kept);
    return kept;
  }

  #sourceOf(candidate: Candidate, number: number): TakenValue | null {
    const { value, place, second } = candidate;
    // A value that is equal in both recordings is a constant, unless it is too peculiar to be typed.
    if (second === value && !isPeculiar(value)) return null;
    const isSure = isPeculiar(value) || (second !== undefined && second !== value);
    const source = this.#issued
      .get(value)
      ?.find(
        (one) =>
          one.step < number &&
          !this.#sent.isFirstSentBefore(candidate, one.step) &&
          (isSure || isRelated(one.issued, place)) &&
          this.#isUsable(one, second),
      );
    return source ?? (isPeculiar(value) && place.kind !== "text" ? this.#inText(candidate, number) : null);
  }

  #inText(candidate: Candidate, number: number): TakenValue | null {
    const searched = this.#searched.get(candidate.value) ?? 0;
    this.#searched.set(candidate.value, number);
    for (const [step, source] of this.#steps.entries()) {
      if (step < searched) continue;
      if (step >= number) break;
      if (this.#sent.isFirstSentBefore(candidate, step)) return null;
      const issued = valueInText(source, candidate.value);
      if (issued !== null && this.#isUsable({ issued, step }, candidate.second)) {
        this.#foundInText.set(candidate.value, { issued, step });
        break;
      }
    }
    return this.#foundInText.get(candidate.value) ?? null;
  }

  /** Whether the source yields the value, also in the second recording. */
  #isUsable({ issued, step }: TakenValue, second: string | undefined): boolean {
    const own = this.#steps[step];
    if (own === undefined || valueIn(own, issued) !== issued.value) return false;
    if (second === undefined) return true;
    const mate = this.#mates?.[step] ?? null;
    return mate !== null && valueIn(mate, issued) === second;
  }
}

function issuedByValue(steps: readonly RecordedStep[]): ReadonlyMap<string, readonly TakenValue[]> {
  const all = steps.flatMap((step, number) => issuedValues(step).map((issued) => ({ issued, step: number })));
  return Map.groupBy(
    all.filter(({ issued }) => issued.value !== ""),
    ({ issued }) => issued.value,
  );
}

/** Returns the whole text of a place, and the parts of it that may be a value: a token after its scheme, an id before a suffix. */
function candidatesOf(place: Place, mate: Place | undefined): Candidate[] {
  const second = mate?.text;
  if (place.kind === "text") {
    const tokens = new Set(place.text.match(/[\w.+/=~%-]{8,}/g) ?? []);
    const values = [...tokens].flatMap((token) => [token, token.slice(token.indexOf("=") + 1)]).map(decoded);
    return [...new Set(values)].filter(isPeculiar).map((value) => ({ place, value, second: undefined }));
  }
  const whole: Candidate = { place, value: place.text, second };
  const [, prefix = "", rest = "", suffix = ""] =
    /^((?:bearer|token|jwt|basic|apikey)\s+)?(.*?)(\.[a-z0-9]{2,5})?$/is.exec(place.text) ?? [];
  if (rest === place.text || rest === "" || (place.kind !== "header" && place.kind !== "path")) return [whole];
  if (place.kind === "path" && prefix !== "") return [whole];
  const secondPart =
    second?.startsWith(prefix) === true && second.endsWith(suffix)
      ? second.slice(prefix.length, second.length - suffix.length)
      : undefined;
  // The signature of a JSON Web Token is not a suffix.
  if (place.kind === "header") {
    return [
      { place, value: rest + suffix, second: second?.startsWith(prefix) ? second.slice(prefix.length) : undefined },
    ];
  }
  return [whole, { place, value: rest, second: secondPart }];
}

/** The values that requests have sent so far. A value that was sent before a response contained it comes from the client. */
class SentValues {
  readonly #first = new Map<string, number>();

  add(place: Place, step: number): void {
    for (const { value } of candidatesOf(place, undefined)) {
      for (const key of [value, `${place.kind} ${place.name} ${value}`]) {
        if (!this.#first.has(key)) this.#first.set(key, step);
      }
    }
  }

  /** Whether a request up to the one of `step` has sent the value; a short value only counts at a place of the same name. */
  isFirstSentBefore({ place, value }: { readonly place: Place; readonly value: string }, step: number): boolean {
    const key = isPeculiar(value) ? value : `${place.kind} ${place.name} ${value}`;
    return (this.#first.get(key) ?? Number.POSITIVE_INFINITY) <= step;
  }
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
const dayMs = 86_400_000;

/** Returns the kind of a value that a client makes for each request; null if the values have none of these kinds. */
function freshKind(value: string, second: string, startedMs: number): Exclude<ReplacedValue["by"], TakenValue> | null {
  if (uuid.test(value) && uuid.test(second)) return "uuid";
  if (/^\d{13}$/.test(value) && Math.abs(Number(value) - startedMs) < dayMs) return "milliseconds";
  if (/^\d{10}$/.test(value) && Math.abs(Number(value) * 1_000 - startedMs) < dayMs) return "seconds";
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) && Math.abs(Date.parse(value) - startedMs) < dayMs) return "iso-time";
  return null;
}
