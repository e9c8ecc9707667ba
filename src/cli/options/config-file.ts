import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type Command, CommanderError, type Option } from "commander";
import { ConfigurationError } from "../../core/errors.ts";
import { nearestName } from "../../core/nearest.ts";
import { isSecretOption } from "../../runner/process/own-secrets.ts";

const fileName = "muster.config.ts";
/** The flags that contradict a field of the file, or are an alias of it: the field is ignored when one of them is given. */
const overruledBy: Readonly<Record<string, readonly string[]>> = {
  workers: ["processes"],
  processes: ["workers"],
  ui: ["headless"],
  autostart: ["headless", "ui"],
  autoquit: ["headless", "ui"],
  headless: ["ui", "autostart"],
};
/** The only field that applies to all commands. */
const everywhere = ["dataDir"];

/**
 * Sets the options of `command` that neither a flag nor a variable sets from `muster.config.ts` in the current folder.
 * @param configured the commands whose flags can be fields of the file
 * @throws ConfigurationError when the file cannot be loaded, or has an unknown field or an invalid value
 */
export async function applyConfigFile(command: Command, configured: readonly Command[]): Promise<void> {
  // A worker process gets all its options from its parent.
  if (process.env.MUSTER_CHILD !== undefined || !existsSync(resolve(fileName))) return;
  const config = await readConfig();
  const known = configurableNames(configured);
  for (const name of Object.keys(config)) {
    // Secrets are rejected, because the file is under version control.
    if (isSecretOption(name)) throw wrong(name, "must not be in this file; use a MUSTER_ variable");
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

/** Returns the fields that the file can have: the names of the flags of these commands. */
export function configurableNames(configured: readonly Command[]): string[] {
  return [
    ...new Set(configured.flatMap(({ options }) => options.filter(isConfigurable).map((one) => one.attributeName()))),
  ];
}

/** Whether a flag or a variable sets one of these options. */
function isGiven(command: Command, names: readonly string[]): boolean {
  return names.some((name) => ["cli", "env"].includes(command.getOptionValueSource(name) ?? ""));
}

function named(option: Option): [name: string, option: Option] {
  return [option.attributeName(), option];
}

/** Whether the file can set an option. An option without a variable, such as `--file`, makes sense in one command line only. */
function isConfigurable(option: Option): boolean {
  return option.envVar !== undefined && !isSecretOption(option.attributeName());
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
    throw new ConfigurationError(
      `${fileName} has no default export of a configuration: export default defineConfig({ … })`,
    );
  }
  return config as Record<string, unknown>;
}

/** Parses a value as its flag does. */
function parsed(name: string, option: Option, value: unknown): unknown {
  if (option.isBoolean() || option.negate) {
    if (typeof value !== "boolean") throw wrong(name, "expected true or false");
    return value;
  }
  // `true` stands for the flag without a value.
  const text = option.optional && value === true ? String(option.presetArg) : textOf(value);
  if (text === null) throw wrong(name, "expected text or a number");
  try {
    return option.parseArg === undefined ? text : option.parseArg(text, undefined);
  } catch (cause) {
    if (cause instanceof CommanderError) throw wrong(name, `'${text}' is invalid. ${cause.message}`);
    throw cause;
  }
}

/** Returns a value as the text that would follow the flag; null when it has no such text. */
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
  return wrong(name, near === undefined ? "unknown option" : `unknown option; did you mean ${near}?`);
}

function wrong(name: string, what: string): ConfigurationError {
  return new ConfigurationError(`${fileName}, ${name}: ${what}`);
}
