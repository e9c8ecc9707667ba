/** Prints the output of one source. */
export interface PrintedTexts {
  /** Prints a text, which may be a part of a line. */
  print(text: string): void;
  /** Called when no more text follows. */
  end(): void;
}

/**
 * The printers of the output of the workers of this machine. Each function is called once for each worker; null if the workers
 * write directly to that stream of their master, which they must not do on a terminal with a live display.
 */
export interface WorkerOutput {
  readonly ofOutput: (() => PrintedTexts) | null;
  readonly ofErrors: (() => PrintedTexts) | null;
}
