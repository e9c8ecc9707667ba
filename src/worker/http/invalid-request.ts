/** The test asks for a request that cannot be sent: its own mistake, which counts as no request. */
export class InvalidRequest extends TypeError {
  readonly code = "MUSTER_INVALID_REQUEST";

  constructor(message: string, options?: ErrorOptions) {
    super(`the request cannot be sent: ${message}`, options);
    this.name = "InvalidRequest";
  }
}
