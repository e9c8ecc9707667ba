/** The depth of stack traces, which include frames of muster: the stack should still reach the line in the test. */
const framesToTest = 40;

/** The test asked for a request that cannot be sent. This is a mistake in the test and does not count as a request. */
export class InvalidRequest extends TypeError {
  readonly code = "MUSTER_INVALID_REQUEST";

  constructor(message: string, options?: ErrorOptions) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = Math.max(stackTraceLimit, framesToTest);
    super(`the request cannot be sent: ${message}`, options);
    Error.stackTraceLimit = stackTraceLimit;
    this.name = "InvalidRequest";
  }
}
