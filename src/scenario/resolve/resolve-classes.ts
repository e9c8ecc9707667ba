import { ConfigurationError } from "../../core/errors.ts";
import { nearestName } from "../../core/nearest.ts";
import type { ClassShare } from "../../core/population/class-sequence.ts";
import type { ClassShareDefinition, TestDefinition, UserDefinition } from "../definition/define.ts";

export interface ResolvedClass extends ClassShare {
  readonly name: string;
}

export interface ClassOverrides {
  /** The names of the classes that run; a named class of weight 0 gets weight 1. */
  readonly classNames?: readonly string[] | undefined;
  /** Whether all weighted classes get the same weight. */
  readonly equalWeights?: boolean | undefined;
  /** The names of classes that do not run; overrides everything else. */
  readonly leftOut?: readonly string[] | undefined;
  /** Weights or fixed counts by class name; override those of the test and the profile. */
  readonly classShares?: Readonly<Record<string, ClassShareDefinition>> | undefined;
}

type Shares = Readonly<Record<string, ClassShareDefinition | undefined>>;

/**
 * Resolves the share of each class, in the order of the test. A class that does not run has weight 0.
 * @param shares the shares of a scenario or profile; classes that it does not name do not run
 */
export function resolveClasses(
  test: TestDefinition,
  shares: Shares | undefined,
  { classNames = [], equalWeights = false, classShares = {}, leftOut = [] }: ClassOverrides,
): ResolvedClass[] {
  const known = test.users.map((user) => user.name);
  const twice = known.find((name, position) => known.indexOf(name) !== position);
  if (twice !== undefined) throw new ConfigurationError(`two user classes are named ${twice}`);
  for (const name of [...classNames, ...Object.keys(shares ?? {}), ...Object.keys(classShares)]) {
    if (!known.includes(name)) throw unknownName("user class", name, known);
  }
  const resolved = test.users.map((user) => ({
    name: user.name,
    ...(leftOut.includes(user.name)
      ? { weight: 0 }
      : (definedShare(classShares[user.name]) ?? narrowed(shareOf(user, shares), user.name, classNames, equalWeights))),
  }));
  if (resolved.every((share) => share.weight === 0 && !share.fixedCount)) {
    throw new ConfigurationError(
      "every user class has weight 0: name one on the command line, or in the profile's users",
    );
  }
  return resolved;
}

function shareOf(user: UserDefinition, shares: Shares | undefined): ClassShare {
  if (shares === undefined) {
    return user.fixedCount === undefined ? { weight: user.weight ?? 1 } : { weight: 0, fixedCount: user.fixedCount };
  }
  return definedShare(shares[user.name]) ?? { weight: 0 };
}

function definedShare(share: ClassShareDefinition | undefined): ClassShare | undefined {
  if (share === undefined) return undefined;
  return typeof share === "number" ? { weight: share } : { weight: 0, fixedCount: share.fixedCount };
}

/** Applies the command line to the share of a class. */
function narrowed(share: ClassShare, name: string, asked: readonly string[], equalWeights: boolean): ClassShare {
  if (asked.length > 0 && !asked.includes(name)) return { weight: 0 };
  if (share.fixedCount !== undefined) return share;
  const weight = asked.length > 0 && share.weight === 0 ? 1 : share.weight;
  return { weight: equalWeights && weight > 0 ? 1 : weight };
}

/** Returns the error for an unknown name: "unknown profile …", with the nearest valid name, or all valid names. */
export function unknownName(what: string, name: string, known: readonly string[]): ConfigurationError {
  const near = nearestName(name, known);
  const valid = known.length === 0 ? "the test has none" : `valid: ${known.join(", ")}`;
  return new ConfigurationError(`unknown ${what} "${name}"; ${near === undefined ? valid : `did you mean ${near}?`}`);
}
