const always = ["between", "closed", "defineTest", "defineUser", "env"];
const sometimes = ["basicAuth", "digestAuth", "file"];

/** Writes the line that imports the functions which the code of a converted test calls. @param types the types that it uses */
export function importLine(code: string, types: readonly string[] = []): string {
  const called = sometimes.filter((name) => new RegExp(`\\b${name}\\(`).test(code));
  const names = [...[...always, ...called].toSorted(), ...types.map((type) => `type ${type}`)];
  return `import { ${names.join(", ")} } from "muster-load";`;
}
