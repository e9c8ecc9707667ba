const always = ["between", "closed", "defineTest", "defineUser", "env"];
const sometimes = ["basicAuth", "digestAuth"];

/** The line that imports what the code of a converted test calls. @param types the types that it uses */
export function importLine(code: string, types: readonly string[] = []): string {
  const called = sometimes.filter((name) => code.includes(`${name}(`));
  const names = [...[...always, ...called].toSorted(), ...types.map((type) => `type ${type}`)];
  return `import { ${names.join(", ")} } from "muster-load";`;
}
