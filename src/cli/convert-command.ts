import { readFile } from "node:fs/promises";
import { Command } from "commander";
import { ConfigurationError } from "../core/errors.ts";

interface ConvertOptions {
  readonly out?: string;
  readonly origin?: string;
  readonly all?: boolean;
}

export function convertCommand(): Command {
  const command = new Command("convert").description("make a test file from what a browser has recorded (HAR)");
  return command
    .argument("<recording>", "a .har file: in a browser's developer tools, Network, Export HAR")
    .option("--out <file>", "write to this file, which must not be there yet; default: standard output")
    .option("--origin <url>", "only requests to this service; default: that of the first page")
    .option("--all", "pictures, styles and scripts too")
    .action(convert);
}

async function convert(recording: string, { out, origin, all = false }: ConvertOptions): Promise<void> {
  const [{ readHar }, { recordedSession }, { sessionText }, { writeNew }] = await Promise.all([
    import("./convert/har.ts"),
    import("./convert/recorded-session.ts"),
    import("./convert/session-text.ts"),
    import("./new-file.ts"),
  ]);
  if (origin !== undefined && !URL.canParse(origin)) throw new ConfigurationError(`--origin ${origin} is no URL`);
  const har = await readFile(recording, "utf8").catch((cause: Error) => {
    throw new ConfigurationError(`${recording} cannot be read: ${cause.message}`, { cause });
  });
  const session = recordedSession(readHar(recording, har), {
    origin: origin === undefined ? null : new URL(origin).origin,
    everything: all,
  });
  const text = sessionText(session);
  if (out === undefined) {
    process.stdout.write(text);
    return;
  }
  await writeNew(out, text);
  const { steps, leftOut } = session;
  process.stdout.write(`${out} is written: ${steps.length} requests to ${session.origin}; ${leftOut} are left out.\n`);
}
