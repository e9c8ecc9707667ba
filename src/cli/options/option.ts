import { Option } from "commander";

/** An option that `MUSTER_…` in the environment sets too. */
export function option(flags: string, description: string): Option {
  const made = new Option(flags, description);
  return made.env(`MUSTER_${made.name().replaceAll("-", "_").toUpperCase()}`);
}
