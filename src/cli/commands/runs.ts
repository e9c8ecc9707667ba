import { Command } from "commander";
import { ConfigurationError } from "../../core/errors.ts";
import { nearestName } from "../../core/nearest.ts";
import type { StoreOptions } from "../../runner/run-stores.ts";
import type { ListOptions, PruneOptions } from "../actions/runs.ts";
import { option } from "../options/option.ts";
import * as value from "../options/option-values.ts";
import { addDataDirOption } from "../options/options.ts";

export function runsCommand(): Command {
  const command = new Command("runs").description("list, name, tag, export and remove stored runs");
  command.addCommand(listCommand(command), { isDefault: true });
  for (const add of [nameCommand, tagCommand, exportCommand, removeCommand, pruneCommand]) command.addCommand(add());
  return command;
}

const runArgument = "an id or its beginning, a name, last or previous";

function listCommand(parent: Command): Command {
  return addDataDirOption(new Command("list").description("list runs, newest first (the default command)"))
    .addOption(option("--limit <number>", "maximum number of runs to list").argParser(value.countFromOne).default(50))
    .option("--tag <tag>", "list only runs with this tag")
    .option("--json", "print the runs as JSON")
    .allowExcessArguments(true)
    .action(async (options: ListOptions, command: Command) => {
      // A word that is not a sub-command ends up here.
      const [word] = command.args;
      if (word !== undefined) throw new ConfigurationError(unknownCommand(word, parent));
      const { listRuns } = await import("../actions/runs.ts");
      listRuns(options);
    });
}

function nameCommand(): Command {
  return addDataDirOption(new Command("name").description("name a run; if another run has the name, it loses it"))
    .argument("<run>", runArgument)
    .argument("[name]", "the name")
    .option("--remove", "remove the name")
    .action(async (run: string, name: string | undefined, options: StoreOptions & { remove?: boolean }) => {
      if ((name === undefined) !== (options.remove === true)) {
        throw new ConfigurationError("give either a name or --remove, e.g. muster runs name last release-7");
      }
      const { nameRun } = await import("../actions/runs.ts");
      nameRun(options, run, name ?? null);
    });
}

function tagCommand(): Command {
  return addDataDirOption(new Command("tag").description("add tags to a run, or remove them"))
    .argument("<run>", runArgument)
    .argument("<tags...>", "the tags")
    .option("--remove", "remove these tags")
    .action(async (run: string, tags: string[], options: StoreOptions & { remove?: boolean }) => {
      const { tagRun } = await import("../actions/runs.ts");
      tagRun(options, run, tags, options.remove === true);
    });
}

function exportCommand(): Command {
  return addDataDirOption(new Command("export").description("write a run as a baseline file for muster compare"))
    .argument("<run>", runArgument)
    .option("--out <file>", "output file; default: standard output", "-")
    .action(async (run: string, options: StoreOptions & { out: string }) => {
      const { exportRun } = await import("../actions/runs.ts");
      await exportRun(options, run);
    });
}

function removeCommand(): Command {
  return addDataDirOption(new Command("remove").description("remove runs and everything that they measured"))
    .argument("<runs...>", runArgument)
    .action(async (runs: string[], options: StoreOptions) => {
      const { removeRuns } = await import("../actions/runs.ts");
      removeRuns(options, runs);
    });
}

function pruneCommand(): Command {
  return addDataDirOption(new Command("prune").description("remove old runs, except those that have a name"))
    .addOption(option("--keep <number>", "keep this many of the newest runs").argParser(value.wholeNumber))
    .addOption(
      option("--older-than <duration>", 'remove only runs that are older than this, e.g. "30d"').argParser(
        value.duration,
      ),
    )
    .option("--dry-run", "only list the runs that would be removed")
    .action(async (options: StoreOptions & PruneOptions) => {
      if (options.keep === undefined && options.olderThan === undefined) {
        throw new ConfigurationError("give --keep 20, --older-than 30d, or both");
      }
      const { pruneRuns } = await import("../actions/runs.ts");
      pruneRuns(options);
    });
}

function unknownCommand(word: string, parent: Command): string {
  const near = nearestName(
    word,
    parent.commands.map((command) => command.name()),
  );
  return `unknown command 'runs ${word}'${near === undefined ? "" : ` (Did you mean ${near}?)`}`;
}
