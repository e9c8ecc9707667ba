/**
 * A sum of products of doubles with about 32 decimal digits, kept as the unevaluated sum `high` + `low` of two doubles.
 *
 * T. J. Dekker, "A floating-point technique for extending the available precision", Numerische Mathematik 18 (1971). Exact
 * while magnitudes are below 1e290.
 */
export class ProductSum {
  high = 0;
  low = 0;

  /** Adds (a + b) * (c - d). */
  add(a: number, b: number, c: number, d: number): void {
    const sum = a + b;
    const sumError = roundingOfSum(a, b, sum);
    const difference = c - d;
    const differenceError = roundingOfSum(c, -d, difference);
    const product = sum * difference;
    const productError = roundingOfProduct(sum, difference, product) + sum * differenceError + sumError * difference;
    const high = this.high + product;
    const low = roundingOfSum(this.high, product, high) + this.low + productError;
    this.high = high + low;
    this.low = roundingOfSum(high, low, this.high);
  }
}

/** The rounding error of `sum`, the double nearest to a + b: the exact sum minus `sum` (Knuth). */
function roundingOfSum(a: number, b: number, sum: number): number {
  const addend = sum - a;
  return a - (sum - addend) + (b - addend);
}

/** The rounding error of `product`, the double nearest to a * b: the exact product minus `product`. */
function roundingOfProduct(a: number, b: number, product: number): number {
  const aHigh = upperHalf(a);
  const bHigh = upperHalf(b);
  const aLow = a - aHigh;
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

/** The upper 26 of the 53 bits of a double. */
function upperHalf(value: number): number {
  const spread = value * 134_217_729; // 2^27 + 1
  return spread - (spread - value);
}
