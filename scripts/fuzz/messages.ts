import { parseMessage } from "../../src/protocol/channel.ts";
import { masterMessage } from "../../src/protocol/master-messages.ts";
import { hello, workerMessage } from "../../src/protocol/worker-messages.ts";
import { helloExample, masterExamples, workerExamples } from "../../tests/protocol/message-examples.ts";
import { type FuzzTarget, mutatingTarget } from "./target.ts";

/** Text frames between master and worker, in both directions. */
export function messagesTarget(): Promise<FuzzTarget> {
  const examples = [helloExample, ...Object.values(masterExamples), ...Object.values(workerExamples)];
  return mutatingTarget({
    corpus: "messages",
    more: examples.map((example) => Buffer.from(JSON.stringify(example))),
    inputsPerRound: 2_000,
    read: (input) => {
      const text = input.toString("utf8");
      let last: unknown = null;
      for (const schema of [hello, workerMessage, masterMessage]) {
        try {
          parseMessage<unknown>(schema, text);
        } catch (error) {
          last = error;
        }
      }
      if (last !== null) throw last;
    },
  });
}
