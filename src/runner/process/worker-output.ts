/** Prints what one source writes. */
export interface PrintedTexts {
  /** Prints a text, which may be a part of a line. */
  print(text: string): void;
  /** Called once nothing follows. */
  end(): void;
}

/**
 * Where the output of the workers of this machine is printed. Each function is called once for each worker; null if the
 * workers write to that stream of their master themselves, which they must not on a terminal with a live display.
 */
export interface WorkerOutput {
  readonly ofOutput: (() => PrintedTexts) | null;
  readonly ofErrors: (() => PrintedTexts) | null;
}
