export interface ForeignPackage {
  /** The kind of file that imports the package: "a k6 script". */
  readonly what: string;
  /** What to do instead of running the file. */
  readonly instead: string;
}

export const guideFor = (tool: "k6" | "locust") =>
  `docs/guide/migrating-from-${tool}.md shows how to write it for muster, and "muster init" writes a first test`;
export const firstTest = '"muster init" writes a first test, and "muster convert" makes one from a recording (HAR)';

const packages: Readonly<Record<string, ForeignPackage>> = {
  k6: { what: "a k6 script", instead: guideFor("k6") },
  "@gatling.io": { what: "a Gatling simulation", instead: firstTest },
};

/** Recognizes a package that only another load generator provides; null for any other import. */
export function foreignPackage(specifier: string): ForeignPackage | null {
  if (/^https?:\/\/jslib\.k6\.io\//.test(specifier)) return packages["k6"] ?? null;
  const [name = ""] = specifier.split("/");
  return (Object.hasOwn(packages, name) ? packages[name] : undefined) ?? null;
}
