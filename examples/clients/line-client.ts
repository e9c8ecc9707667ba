import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** The longest answer, so that a server that sends no line break fills no memory. */
const mostCharacters = 65_536;

interface Question {
  readonly answer: (line: string) => void;
  readonly fail: (error: Error) => void;
}

/** A client of a line protocol over TCP: the server answers each line by one line, in their order. */
export class LineClient {
  readonly #socket: Socket;
  readonly #questions: Question[] = [];
  #rest = "";

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("utf8").on("data", (text: string) => this.#take(text));
    socket.on("error", (error) => this.#end(error));
    socket.on("close", () => this.#end(new Error("the server closed the connection")));
  }

  static async connect(host: string, port: number): Promise<LineClient> {
    const socket = connect({ host, port, noDelay: true });
    await once(socket, "connect");
    return new LineClient(socket);
  }

  get isClosed(): boolean {
    return this.#socket.destroyed;
  }

  /** Sends a line and resolves to its answer. When the signal is aborted, the connection is of no use any more: the answer may still come. */
  async ask(line: string, signal: AbortSignal): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    if (this.isClosed) throw new Error("the connection is closed");
    this.#questions.push({ answer: resolve, fail: reject });
    const onAbort = () => this.#socket.destroy(signal.reason);
    signal.addEventListener("abort", onAbort);
    this.#socket.write(`${line}\n`);
    try {
      return await promise;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#questions.shift()?.answer(line);
    if (this.#rest.length > mostCharacters)
      this.#socket.destroy(new Error(`a line exceeds ${mostCharacters} characters`));
  }

  #end(error: Error): void {
    for (const question of this.#questions.splice(0)) question.fail(error);
  }
}
