/** A test's code passed a value that is not valid there. The message names the value and says what would be valid. */
export class InvalidValue extends TypeError {
  readonly code = "MUSTER_INVALID_VALUE";

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "InvalidValue";
  }
}
