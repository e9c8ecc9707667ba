import type { UserDefinition } from "../../src/scenario/define.ts";
import { IntervalRecorder } from "../../src/stats/interval-recorder.ts";
import { VirtualUserClient } from "../../src/worker/http/client.ts";
import { parseBase } from "../../src/worker/http/request.ts";
import { undiciEngine } from "../../src/worker/http/undici-engine.ts";
import { compileClasses } from "../../src/worker/user-class.ts";
import { VirtualUserLoop } from "../../src/worker/virtual-user-loop.ts";

/** A virtual user of one class, with a recorder of its own. */
export class TestUser implements Disposable {
  readonly recorder = new IntervalRecorder();
  readonly loop: VirtualUserLoop;

  constructor(definition: Omit<UserDefinition, "name">, base = "http://127.0.0.1:1") {
    const { recorder } = this;
    const users: UserDefinition[] = [{ name: "Tester", ...definition }];
    const [userClass] = compileClasses({ users }, "standard");
    if (userClass === undefined) throw new Error("no class");
    const newClient = () => new VirtualUserClient(undiciEngine, recorder, parseBase(base));
    const run = { profile: "standard", seed: 7, setup: { token: "t" }, recorder, newClient };
    this.loop = new VirtualUserLoop(3, userClass, run);
  }

  /** What the code threw: task or hook, message without its place, how often. */
  get exceptions(): [name: string, message: string, count: number][] {
    return [...this.recorder.errors.values()].map(({ name, message, count }) => [
      name,
      message.replace(/ \(\S+:\d+\)$/, ""),
      count,
    ]);
  }

  [Symbol.dispose](): void {
    this.loop.abort();
    this.loop.abandon();
  }
}

/** Stops the user in its `count`th iteration. */
export function stoppingAfter(count: number, task: () => unknown = () => {}) {
  let calls = 0;
  return (vu: unknown) => {
    calls++;
    if (calls >= count) (vu as TestUser["loop"]).stop();
    return task();
  };
}
