import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type Command, CommanderError, type Option } from "commander";
import { ConfigurationError } from "../../core/errors.ts";
import { nearestName } from "../../core/nearest.ts";

const fileName = "muster.config.ts";
/** What would let others in has no place in a file that is kept with the code. */
const secrets = ["token", "webToken"];
/** Flags that say otherwise, or the same by another name: where one of them is given, the file's word does not hold. */
const overruledBy: Readonly<Record<string, readonly string[]>> = {
  workers: ["processes"],
  processes: ["workers"],
  ui: ["headless"],
  autostart: ["headless", "ui"],
  autoquit: ["headless", "ui"],
  headless: ["ui", "autostart"],
};
/** Of the other commands, only where the runs are kept. */
const everywhere = ["dataDir"];

/**
 * Gives `command` the values that `muster.config.ts` in this folder has for its flags, where neither a flag nor a variable
 * says something. `configured` are the commands whose flags may stand there.
 * @throws ConfigurationError when the file cannot be used, or says something that no flag is called, or may not be.
 */
export async function applyConfigFile(command: Command, configured: readonly Command[]): Promise<void> {
  // A child is told everything by its parent.
  if (process.env.MUSTER_CHILD !== undefined || !existsSync(resolve(fileName))) return;
  const config = await readConfig();
  const known = configurableNames(configured);
  for (const name of Object.keys(config)) {
    if (secrets.includes(name)) throw wrong(name, "does not belong into a file; give it by a MUSTER_ variable");
    if (!known.includes(name)) throw unknownField(name, known);
  }
  const isWhole = configured.includes(command);
  for (const [name, option] of command.options.filter(isConfigurable).map(named)) {
    if (config[name] === undefined || isGiven(command, [name, ...(overruledBy[name] ?? [])])) continue;
    if (isWhole || everywhere.includes(name)) {
      command.setOptionValueWithSource(name, parsed(name, option, config[name]), "config");
    }
  }
}

/** The fields that the file may have: the names of the flags of these commands. */
export function configurableNames(configured: readonly Command[]): string[] {
  return [
    ...new Set(configured.flatMap(({ options }) => options.filter(isConfigurable).map((one) => one.attributeName()))),
  ];
}

/** By a flag or a variable. */
function isGiven(command: Command, names: readonly string[]): boolean {
  return names.some((name) => ["cli", "env"].includes(command.getOptionValueSource(name) ?? ""));
}

function named(option: Option): [name: string, option: Option] {
  return [option.attributeName(), option];
}

/** What no variable sets, is of one command line only. */
function isConfigurable(option: Option): boolean {
  return option.envVar !== undefined && !secrets.includes(option.attributeName());
}

async function readConfig(): Promise<Readonly<Record<string, unknown>>> {
  const [{ bundleTest }, { importBundle }] = await Promise.all([
    import("../../scenario/bundle/bundle.ts"),
    import("../../scenario/bundle/load-bundle.ts"),
  ]);
  const { default: config } = await importBundle(await bundleTest(fileName), (cause, why) => {
    return new ConfigurationError(`${fileName} threw while it was loaded: ${why}`, { cause });
  });
  if (typeof config !== "object" || config === null || Array.isArray(config)) {
    throw new ConfigurationError(`${fileName} has to end with: export default defineConfig({ … })`);
  }
  return config as Record<string, unknown>;
}

/** By the flag's own rules. */
function parsed(name: string, option: Option, value: unknown): unknown {
  if (option.isBoolean() || option.negate) {
    if (typeof value !== "boolean") throw wrong(name, "expected true or false");
    return value;
  }
  const text = textOf(value);
  if (text === null) throw wrong(name, "expected text or a number");
  try {
    return option.parseArg === undefined ? text : option.parseArg(text, undefined);
  } catch (cause) {
    if (cause instanceof CommanderError) throw wrong(name, `'${text}' is invalid. ${cause.message}`);
    throw cause;
  }
}

/** As it would stand behind the flag. */
function textOf(value: unknown): string | null {
  if (typeof value === "string" || typeof value === "number") return String(value);
  if (typeof value !== "object" || value === null) return null;
  if (Array.isArray(value)) return value.join(",");
  return Object.entries(value)
    .map(([name, one]) => `${name}=${String(one)}`)
    .join(",");
}

function unknownField(name: string, known: readonly string[]): ConfigurationError {
  const near = nearestName(name, known);
  return wrong(name, near === undefined ? "no flag is called so" : `no flag is called so; did you mean ${near}?`);
}

function wrong(name: string, what: string): ConfigurationError {
  return new ConfigurationError(`${fileName}, ${name}: ${what}`);
}
