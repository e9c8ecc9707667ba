/**
 * Returns the candidate that the user most likely meant by `text`, for "did you mean" in messages about flags, metrics and
 * names.
 *
 * Letter case is ignored. A candidate qualifies if at most a third of the longer of the two names differs (one typing slip
 * is always allowed); beyond that a suggestion is noise. On a tie the earlier candidate wins.
 *
 * @returns the candidate as spelt in `candidates`, or undefined if none is near
 */
export function nearestName(text: string, candidates: Iterable<string>): string | undefined {
  let nearest: string | undefined;
  let nearestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const longer = Math.max(text.length, candidate.length);
    const allowed = Math.min(Math.max(1, Math.floor(longer / 3)), longer - 1);
    // The distance is at least the difference of the lengths: a hostile long text does not need the full table.
    if (Math.abs(text.length - candidate.length) > allowed) continue;
    const distance = editDistance(text.toLowerCase(), candidate.toLowerCase());
    if (distance <= allowed && distance < nearestDistance) {
      nearest = candidate;
      nearestDistance = distance;
    }
  }
  return nearest;
}

/** Returns the hint for an unknown name: "did you mean X?", or the valid names if none is near. */
export function nameHint(unknown: string, valid: readonly string[]): string {
  const near = nearestName(unknown, valid);
  return near === undefined ? `valid: ${valid.join(", ") || "none"}` : `did you mean ${near}?`;
}

/**
 * The Damerau-Levenshtein distance in its optimal string alignment form: the number of insertions, deletions, substitutions
 * and swaps of neighbours that turn `from` into `to`, with no letter edited twice.
 */
function editDistance(from: string, to: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const cost = from[row - 1] === to[column - 1] ? 0 : 1;
      let best = Math.min(at(previous, column) + 1, at(current, column - 1) + 1, at(previous, column - 1) + cost);
      if (row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]) {
        best = Math.min(best, at(beforePrevious, column - 2) + 1);
      }
      current.push(best);
    }
    beforePrevious = previous;
    previous = current;
  }
  return at(previous, to.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
