import { formatDuration } from "../../../core/duration.ts";
import { printable } from "../../../core/readable-text.ts";
import { redactText } from "../../../core/redaction/redact.ts";
import { milliseconds } from "../../../report/numbers.ts";
import type { Style } from "../../../report/text/style.ts";
import { cutTo, widthOf } from "../../../report/text/text-width.ts";
import type { TracedRequest } from "../../../worker/http/trace/traced-request.ts";
import type { EndedMeasurement } from "../../../worker/measure/measurement.ts";
import type { SocketEvent } from "../../../worker/websocket/socket-event.ts";
import { measureHeadline, measureLines } from "./measure-text.ts";
import { headline, lineWidth, requestLines } from "./request-text.ts";
import { socketLines } from "./socket-text.ts";
import type { RecordListener } from "./try-recorder.ts";

/** The maximum number of lines about failures that are repeated at the end. */
const mostFaults = 10;

export interface TranscriptOptions {
  readonly style: Style;
  /** Whether bodies are shown whole. */
  readonly full: boolean;
  readonly print: (text: string) => void;
}

/** Prints the requests, measures, messages, checks and exceptions of a try as they happen, and counts them. */
export class Transcript implements RecordListener {
  readonly #options: TranscriptOptions;
  /** The requests so far, for a HAR file. */
  readonly requests: TracedRequest[] = [];
  /** Called after each exception of the test. */
  onException: (() => void) | null = null;
  exceptionCount = 0;
  /** The lines about failures, which are repeated at the end. */
  readonly #faults: string[] = [];
  #measures = 0;
  #failedMeasures = 0;
  /** The number of messages of WebSockets. */
  #messages = 0;
  #checks = 0;
  #failedChecks = 0;
  /** The heading of the current step, until something is printed below it. */
  #heading: string | null = null;
  #isEmpty = false;
  readonly #begunMs = performance.now();

  constructor(options: TranscriptOptions) {
    this.#options = options;
  }

  /** Begins a step: a hook or a task. @param isTask whether the step is a task, which is shown even if nothing happens in it */
  begin(heading: string, isTask = false): void {
    this.#endStep();
    this.#heading = heading;
    this.#isEmpty = isTask;
  }

  request(traced: TracedRequest): void {
    this.requests.push(traced);
    if (traced.response?.ok !== true) this.#faults.push(headline(traced, this.#options.style));
    this.#print(requestLines(traced, this.#options));
  }

  /** Prints a measure that has ended. The requests and measures inside it were printed before. */
  measure(ended: EndedMeasurement): void {
    const { style } = this.#options;
    this.#measures++;
    if (ended.failure !== null) {
      this.#failedMeasures++;
      this.#faults.push(measureHeadline(ended, style));
    }
    this.#print(measureLines(ended, style));
  }

  socketEvent(event: SocketEvent): void {
    if (event.kind !== "closed") this.#messages++;
    this.#print(socketLines(event, this.#options));
  }

  check(name: string, passed: boolean, place: string): void {
    const { style } = this.#options;
    this.#checks++;
    if (!passed) this.#failedChecks++;
    const shown = cutTo(printable(redactText(`check ${JSON.stringify(name)}`)), lineWidth - 6 - widthOf(place));
    const padding = " ".repeat(Math.max(2, lineWidth - 4 - widthOf(shown) - widthOf(place)));
    const mark = passed ? style.passed("✓") : style.failed("✗");
    const line = `  ${mark} ${passed ? shown : style.failed(shown)}${padding}${style.muted(place)}`;
    if (!passed) this.#faults.push(line);
    this.#print([line]);
  }

  exception(where: string, message: string, stack: string): void {
    const { style } = this.#options;
    this.exceptionCount++;
    const frames = stack === "" ? [] : redactText(stack).split("\n");
    const line = `  ${style.failed(`✗ ${printable(where)} threw ${printable(redactText(message))}`)}`;
    this.#faults.push(line);
    this.#print([line, ...frames.map((frame) => style.muted(`      ${printable(frame)}`))]);
    this.onException?.();
  }

  warn(text: string): void {
    this.#print([`  ${this.#options.style.invalid(`! ${printable(redactText(text))}`)}`]);
  }

  /** Whether neither a request nor a measure has ended. */
  get hasNothing(): boolean {
    return this.requests.length + this.#measures === 0;
  }

  /** The number of interrupted or failed requests, failed measures and failed checks together. */
  get failedCount(): number {
    return this.#failedRequests + this.#failedMeasures + this.#failedChecks;
  }

  get #failedRequests(): number {
    return this.requests.filter(({ response }) => response?.ok !== true).length;
  }

  /** Prints the summary and the failures. */
  end(isStopped: boolean): void {
    const { style, print } = this.#options;
    this.#endStep();
    const tookMs = performance.now() - this.#begunMs;
    const time = tookMs < 10_000 ? `${milliseconds(tookMs)} ms` : formatDuration(tookMs);
    const requests = counted(this.requests.length, "request");
    const measures = counted(this.#measures, "measure");
    const checks = counted(this.#checks, "check");
    const done = [
      requests,
      ...(this.#measures === 0 ? [] : [measures]),
      ...(this.#messages === 0 ? [] : [counted(this.#messages, "message")]),
      checks,
    ];
    const all = `${done.join(", ")} in ${time}`;
    const faults = [
      ...failedOf(this.#failedRequests, requests),
      ...failedOf(this.#failedMeasures, measures),
      ...failedOf(this.#failedChecks, checks),
      ...(this.exceptionCount === 0 ? [] : [counted(this.exceptionCount, "exception")]),
    ];
    const verdict = isStopped
      ? style.invalid("! stopped")
      : faults.length > 0
        ? style.failed("✗ failed")
        : this.hasNothing
          ? style.invalid("! no request was made")
          : style.passed("✓ passed");
    print(`\n${style.strong(verdict)}   ${faults.length === 0 ? all : `${faults.join(", ")}; ${all}`}\n`);
    const shown = this.#faults.slice(0, mostFaults);
    const left = this.#faults.length - shown.length;
    for (const line of [...shown, ...(left > 0 ? [style.muted(`  and ${left} more`)] : [])]) print(`${line}\n`);
  }

  #endStep(): void {
    if (this.#heading !== null && this.#isEmpty) this.#print([this.#options.style.muted("    no request")]);
    this.#heading = null;
  }

  #print(lines: readonly string[]): void {
    const { style, print } = this.#options;
    const heading = this.#heading === null ? "" : `\n${style.strong(printable(this.#heading))}\n`;
    this.#heading = null;
    print(`${heading}${lines.join("\n")}\n`);
  }
}

function failedOf(count: number, all: string): string[] {
  return count === 0 ? [] : [`${count} of ${all} failed`];
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
