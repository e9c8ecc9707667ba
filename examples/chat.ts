/**
 * Load-tests a language model behind an API of OpenAI's form, whose answers are server-sent events:
 *
 *     muster run examples/chat.ts --host=http://127.0.0.1:8000
 *
 * `first_event` is the time to the first part of the answer, and `event_gap` the time from one part to the next, both from all
 * users together. Questions arrive at a rate, so the first part counts from when a question was due.
 */
import { defineTest, defineUser, open, trend } from "muster-load";

interface ChatChunk {
  readonly choices: readonly { readonly delta: { readonly content?: string } }[];
  /** In the last chunk, because of `include_usage`. */
  readonly usage?: { readonly completion_tokens: number } | null;
}

const tokensPerSecond = trend("tokens_per_second");

const asker = defineUser({
  name: "Asker",
  tasks: {
    async ask(vu) {
      const response = await vu.http.post("/v1/chat/completions", {
        json: {
          model: "test",
          messages: [{ role: "user", content: "Name a colour palette for autumn." }],
          stream: true,
          stream_options: { include_usage: true },
        },
        headers: { authorization: `Bearer ${process.env.API_KEY ?? "none"}` },
        // A model that writes nothing for ten seconds has failed, even if its proxy keeps the connection alive.
        stream: { maxGap: "10s" },
        timeout: "2m",
      });
      let [text, tokens, isDone] = ["", 0, false];
      for await (const { data } of response.events()) {
        isDone = data === "[DONE]";
        if (isDone) break;
        const { choices, usage } = JSON.parse(data) as ChatChunk;
        text += choices[0]?.delta.content ?? "";
        tokens = usage?.completion_tokens ?? tokens;
      }
      if (vu.check("a whole answer", response.ok && isDone && text !== "")) {
        tokensPerSecond.add(tokens / (response.durationMs / 1_000));
      }
    },
  },
});

export default defineTest({
  users: [asker],
  load: open({ rate: 2, duration: "1m" }),
  thresholds: {
    "first_event{name:/v1/chat/completions}": "p(95)<800",
    "event_gap{name:/v1/chat/completions}": "p(99)<500",
    tokens_per_second: "med>20",
    checks: "rate>0.99",
  },
});
