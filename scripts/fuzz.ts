// `npm run fuzz [-- --target=frames] [-- --seconds=60] [-- --seed=N]`: looks for inputs that break what reads them: an error that muster
// does not raise on purpose, a crash, or a time that is too long. Without a target, all of them share the time. Prints the seed of each
// round; exit 1 on a find.
import process from "node:process";
import { parseArgs } from "node:util";
import { targets } from "./fuzz/targets.ts";

const { values } = parseArgs({
  options: { target: { type: "string" }, seconds: { type: "string", default: "60" }, seed: { type: "string" } },
});
const seconds = Number(values.seconds);
const firstSeed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);
const names = values.target === undefined ? Object.keys(targets) : [values.target];
const unknown = names.find((name) => !Object.hasOwn(targets, name));
if (!(seconds > 0) || !Number.isInteger(firstSeed) || unknown !== undefined) {
  console.error(
    `--seconds is a number above 0, --seed a whole number, --target one of ${Object.keys(targets).join(", ")}`,
  );
  process.exit(1);
}

for (const name of names) {
  const endMs = performance.now() + (seconds * 1_000) / names.length;
  let inputs = 0;
  let seed = firstSeed;
  try {
    await using target = await (targets[name] as (typeof targets)[string])();
    for (; performance.now() < endMs; seed++) inputs += await target.round(seed);
    console.log(`${name}: nothing found in ${inputs} inputs, seeds ${firstSeed} to ${seed - 1}`);
  } catch (error) {
    console.error(`${name}: found with --target=${name} --seed=${seed}`);
    console.error(error);
    process.exitCode = 1;
  }
}
// A target may have left a thread or a socket that does not end.
process.exit();
