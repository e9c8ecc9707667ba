/** The budget of a run: the cost of each HTTP request of its users, and the maximum cost of all requests. */
export interface Cost {
  readonly perRequest: number;
  readonly max: number;
  /** The currency, such as "USD"; null for none. */
  readonly currency: string | null;
}

/**
 * Returns the exact number of requests that the budget allows: 0.3 at 0.1 each allows 3, although 0.3 / 0.1 is less in
 * floating point.
 */
export function affordableRequests({ perRequest, max }: Pick<Cost, "perRequest" | "max">): number {
  const price = decimalOf(perRequest);
  const budget = decimalOf(max);
  const exponent = Math.min(price.exponent, budget.exponent);
  const scaled = ({ digits, exponent: own }: Decimal) => digits * 10n ** BigInt(own - exponent);
  const requests = scaled(budget) / scaled(price);
  return requests > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(requests);
}

/** Returns the cost of the given number of requests. */
export function costOfRequests(requests: number, { perRequest }: Pick<Cost, "perRequest">): number {
  const { digits, exponent } = decimalOf(perRequest);
  return Number(`${digits * BigInt(requests)}e${exponent}`);
}

/** Formats an amount: "5 USD", "0.0000035"; never in exponential notation. */
export function amountText(amount: number, currency: string | null): string {
  const { digits, exponent } = decimalOf(amount);
  const text = digits.toString();
  const whole = exponent >= 0 ? text + "0".repeat(exponent) : text.padStart(1 - exponent, "0");
  const plain = exponent >= 0 ? whole : `${whole.slice(0, exponent)}.${whole.slice(exponent)}`;
  return currency === null ? plain : `${plain} ${currency}`;
}

/** A number as `digits * 10 ** exponent`, exactly as in its shortest notation. */
interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/** @param value a finite number of at least 0 */
function decimalOf(value: number): Decimal {
  const [mantissa = "0", exponent = "0"] = value.toExponential().split("e");
  const [whole = "0", decimals = ""] = mantissa.split(".");
  return { digits: BigInt(whole + decimals), exponent: Number(exponent) - decimals.length };
}
