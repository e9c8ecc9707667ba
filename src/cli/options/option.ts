import { Option } from "commander";

/** Makes an option that an environment variable can also set: `MUSTER_SPAWN_RATE` for `--spawn-rate`. */
export function option(flags: string, description: string): Option {
  const made = new Option(flags, description);
  return made.env(`MUSTER_${made.name().replaceAll("-", "_").toUpperCase()}`);
}
