import { convertInputs } from "../../src/cli/actions/convert/convert.ts";
import { type FuzzTarget, mutatingTarget } from "./target.ts";
import { TemporaryInput } from "./temporary-input.ts";

const names = { har: "input.har", openapi: "input.yaml", postman: "input.json", curl: "input.txt" } as const;

/** Files that `muster convert` makes tests from. */
export function convertedTarget(kind: keyof typeof names): Promise<FuzzTarget> {
  const file = new TemporaryInput(names[kind]);
  return mutatingTarget({
    corpus: kind,
    inputsPerRound: 200,
    read: async (input) => {
      file.write(input);
      await convertInputs([file.path], { origins: [], everything: false });
    },
    close: () => file.remove(),
  });
}
