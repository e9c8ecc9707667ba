/** The exit codes of all `muster` commands. 0 and 1 follow the shell's convention. */
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

/**
 * The base class of all errors that muster raises on purpose. `code` is stable and can be matched on; `message` is one line
 * for a person.
 */
export abstract class MusterError extends Error {
  abstract readonly code: string;
  abstract readonly exitCode: ExitCode;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/**
 * The error for user input that cannot be run: a flag, a value or the test file. The message says what is wrong, where,
 * and what would be valid.
 */
export class ConfigurationError extends MusterError {
  readonly code = "bad-configuration";
  readonly exitCode = exitCodes.badConfiguration;
}
