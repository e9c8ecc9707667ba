import { Option } from "commander";

/** An option that a variable in the environment also sets: `MUSTER_SPAWN_RATE` for `--spawn-rate`. */
export function option(flags: string, description: string): Option {
  const made = new Option(flags, description);
  return made.env(`MUSTER_${made.name().replaceAll("-", "_").toUpperCase()}`);
}
