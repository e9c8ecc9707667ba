/** A file of the test, as `file()` returns it. A worker keeps its content in memory once, whatever the number of users. */
export interface TestFile {
  /** The name under which the file is sent; by default the last part of its path. */
  readonly name: string;
  /**
   * The content type with which the file is sent, such as "application/pdf"; by default it follows from the extension of the
   * name.
   */
  readonly type: string;
  /** The number of bytes. */
  readonly size: number;
  /** The SHA-256 of the content in hex. */
  readonly sha256: string;
  /** The content. All users of a worker share this memory: do not change it. */
  bytes(): Uint8Array;
}

export interface TestFileOptions {
  /** The name under which the file is sent; default: the last part of its path. */
  readonly name?: string;
  /**
   * The content type with which the file is sent. Default: the type for the extension of the name, else
   * "application/octet-stream".
   */
  readonly type?: string;
}
