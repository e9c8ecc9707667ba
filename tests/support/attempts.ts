/** A time that differs from the truth, as a busy machine makes it now and then. */
export class Disturbed extends Error {}

/**
 * Measures up to `most` times, until the times are right once: a busy machine delays one measurement or another, and a defect
 * all of them. Anything else that is wrong fails at once.
 * @throws what the last measurement threw
 */
export async function attempts(most: number, measure: () => Promise<void>): Promise<void> {
  for (let attempt = 1; attempt < most; attempt++) {
    try {
      return await measure();
    } catch (error) {
      if (!(error instanceof Disturbed)) throw error;
    }
  }
  return await measure();
}
