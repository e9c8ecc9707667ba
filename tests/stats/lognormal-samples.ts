/** `size` response times in whole microseconds, lognormal (median 20 ms, sigma 0.5), the same for the same `seed`. */
export function lognormalSamples(size: number, seed: number): number[] {
  const random = mulberry32(seed);
  return Array.from({ length: size }, () => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.round(20_000 * Math.exp(0.5 * normal));
  });
}

/** Uniform numbers in [0, 1). */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
