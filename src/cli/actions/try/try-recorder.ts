import { IntervalRecorder } from "../../../stats/interval-recorder.ts";
import { placeInTest } from "../../../worker/http/trace/place-in-test.ts";

/** Receives the checks and exceptions that a tried user records. */
export interface RecordListener {
  check(name: string, passed: boolean, place: string): void;
  exception(where: string, message: string, stack: string): void;
}

/** The recorder of a tried user. It passes each check and each exception to its listener at once. */
export class TryRecorder extends IntervalRecorder {
  readonly #listener: RecordListener;

  constructor(listener: RecordListener) {
    super();
    this.#listener = listener;
  }

  override check(name: string, passed: boolean): void {
    super.check(name, passed);
    this.#listener.check(name, passed, placeInTest());
  }

  override exception(where: string, message: string, stackOf: () => string): void {
    super.exception(where, message, stackOf);
    this.#listener.exception(where, message, stackOf());
  }
}
