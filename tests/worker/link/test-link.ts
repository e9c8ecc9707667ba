import type { LinkEvent } from "../../../src/worker/link/link-messages.ts";
import { MasterLink, type MasterLinkOptions } from "../../../src/worker/link/master-link.ts";
import { eventually } from "../http/fixture.ts";
import { token } from "./scripted-master.ts";

/** A link with its thread, and all that it has told. */
export class TestLink implements AsyncDisposable {
  readonly link: MasterLink;
  readonly events: LinkEvent[] = [];

  constructor(url: string, over: Partial<MasterLinkOptions> = {}) {
    this.link = new MasterLink({ url, token, version: "0.0.0", connectTimeoutMs: 30_000, ...over });
    this.link.attach(
      (event) => this.events.push(event),
      () => 3,
    );
  }

  of<Type extends LinkEvent["type"]>(type: Type): Extract<LinkEvent, { type: Type }>[] {
    return this.events.filter((event) => event.type === type) as Extract<LinkEvent, { type: Type }>[];
  }

  /** The messages of the master that came through, by type. */
  get heard(): string[] {
    return this.of("message").map(({ message }) => message.type);
  }

  async until(what: string, condition: () => boolean, patienceMs?: number): Promise<void> {
    await eventually(condition, what, patienceMs);
  }

  /** Sends reports with these numbers: frames whose first byte is the number. */
  report(...sequences: number[]): void {
    for (const sequence of sequences) this.link.report(sequence, Uint8Array.of(sequence, 7, 7));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.link.close();
  }
}

export const numbersOf = (frames: readonly Uint8Array[]) => frames.map((frame) => frame[0]);
