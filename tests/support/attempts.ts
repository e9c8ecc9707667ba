/**
 * Measures up to `most` times, until the times are right once: a busy machine delays one measurement or another, and a defect
 * all of them.
 * @throws what the last measurement threw
 */
export async function attempts(most: number, measure: () => Promise<void>): Promise<void> {
  for (let attempt = 1; attempt < most; attempt++) {
    try {
      return await measure();
    } catch {
      // The next one may be undisturbed.
    }
  }
  return await measure();
}
