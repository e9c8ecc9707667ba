/** Exit codes of every `muster` command; DESIGN: exit codes. 0 and 1 follow the shell's convention. */
export const exitCodes = {
  passed: 0,
  defect: 1,
  thresholdFailed: 99,
  tooFewWorkers: 103,
  badConfiguration: 104,
  signalled: 105,
  testCodeThrew: 107,
  invalid: 110,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Base of every error that muster raises on purpose. `code` is stable and may be matched on; `message` is one line for a person. */
export abstract class MusterError extends Error {
  abstract readonly code: string;
  abstract readonly exitCode: ExitCode;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** What the user wrote cannot be run: a flag, a value, the test file. The message says what, where, and what would be valid. */
export class ConfigurationError extends MusterError {
  readonly code = "bad-configuration";
  readonly exitCode = exitCodes.badConfiguration;
}
