/** The code of a test gave a value that is not valid where it gave it. The message says which, and what would be. */
export class InvalidValue extends TypeError {
  readonly code = "MUSTER_INVALID_VALUE";

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "InvalidValue";
  }
}
