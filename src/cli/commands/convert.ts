import { Command } from "commander";
import { ConfigurationError } from "../../core/errors.ts";
import { stderr, stdout } from "../../runner/process/standard-streams.ts";

interface ConvertOptions {
  readonly out?: string;
  readonly origin?: readonly string[];
  readonly all?: boolean;
}

export function convertCommand(): Command {
  const command = new Command("convert").description(
    "create a test file from a recording of a browser or a proxy (HAR), an OpenAPI description, a Postman collection, or a curl command",
  );
  return command
    .argument(
      "<files...>",
      "a .har file (in a browser's developer tools: Network, Export HAR), and a second one that shows which values change; an OpenAPI 3 file, JSON or YAML; a Postman collection, and an exported environment; or a file with curl commands; - is standard input; or: -- curl URL …",
    )
    .option("--out <file>", "output file, which must not exist yet; default: standard output")
    .option(
      "--origin <url>",
      "keep only requests to this service; repeat it for more of your own; default: the service of the recorded page",
      (url: string, urls: readonly string[] = []) => [...urls, originOf(url)],
    )
    .option("--all", "also keep pictures, styles and scripts")
    .action(convert);
}

async function convert(files: readonly string[], { out, origin = [], all = false }: ConvertOptions): Promise<void> {
  const [{ convertInputs }, { writeNew }] = await Promise.all([
    import("../actions/convert/convert.ts"),
    import("../../runner/outputs/output-file.ts"),
  ]);
  const { text, notes } = await convertInputs(files, { origins: origin, everything: all });
  const lines = notes.map((line) => `${line}\n`).join("");
  if (out === undefined) {
    stdout.write(text);
    // Standard output may be a file, where the notes would not be seen.
    stderr.write(lines);
    return;
  }
  await writeNew(out, text);
  stdout.write(`${out} is written.\n${lines}`);
}

function originOf(text: string): string {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol)) return url.origin;
  throw new ConfigurationError(
    `--origin ${JSON.stringify(text)} is not the URL of a service; write it as https://shop.example`,
  );
}
