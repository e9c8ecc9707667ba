/** The request is at fault: answered with `status` and `{error, field}`. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly status: number;
  readonly field: string | undefined;

  constructor(status: number, message: string, field?: string) {
    super(message);
    this.status = status;
    this.field = field;
  }
}
