// `npm run simulate:soaks [-- SOAKS]`: soaks whose truth is known, on simulated time. Prints how often each verdict is right after 1, 4 and
// 24 hours: the power tables of docs/guide/soak.md. It takes a minute or two.

import { knownSoaks, verdictOnSoak } from "../tests/analysis/drift/known-soaks.ts";
import { healthySoaks, isCalledLeak, leakingSoaks, verdictOnObserved } from "../tests/analysis/drift/observed-soaks.ts";

const soaks = Number(process.argv[2] ?? 50);
const durations = [1, 4, 24];

console.log(`| soak | verdict | ${durations.map((hours) => `${hours} h`).join(" | ")} |`);
console.log(`| --- | --- | ${durations.map(() => "---:").join(" | ")} |`);
for (const soak of knownSoaks) {
  const { name, right } = soak;
  const shares = durations.map((hours) => {
    const kinds = Array.from({ length: soaks }, (_, seed) => verdictOnSoak(soak, hours, seed));
    return `${Math.round((kinds.filter((kind) => kind === (right ?? "drifting")).length / soaks) * 100)} %`;
  });
  console.log(`| ${[name, right ?? "drifting (false alarm)", ...shares].join(" | ")} |`);
}

console.log(`\n| observed metric | verdict | ${durations.map((hours) => `${hours} h`).join(" | ")} |`);
console.log(`| --- | --- | ${durations.map(() => "---:").join(" | ")} |`);
for (const soak of [...healthySoaks, ...leakingSoaks]) {
  const shares = durations.map((hours) => {
    const found = Array.from({ length: soaks }, (_, seed) => isCalledLeak(verdictOnObserved(soak, hours, seed)));
    return `${Math.round((found.filter(Boolean).length / soaks) * 100)} %`;
  });
  console.log(`| ${[soak.name, soak.leaks ? "drifting" : "drifting (false alarm)", ...shares].join(" | ")} |`);
}
