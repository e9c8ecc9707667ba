/** Some of which are muster's own: the message shall name the place in the test. */
const framesToTest = 40;

/** The test asks for a request that cannot be sent: its own mistake, which counts as no request. */
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
