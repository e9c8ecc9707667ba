import { streamLineSchema } from "../../src/report/result/stream-schema.ts";
import { type FuzzTarget, mutatingTarget } from "./target.ts";

/** Lines of `--stream`, by the schema that readers are offered. */
export function streamTarget(): Promise<FuzzTarget> {
  return mutatingTarget({
    corpus: "stream",
    inputsPerRound: 1_000,
    read: (input) => {
      for (const line of input.toString("utf8").split("\n")) {
        let value: unknown;
        try {
          value = JSON.parse(line);
        } catch {
          continue;
        }
        streamLineSchema.safeParse(value);
      }
    },
  });
}
