/** The words of one command. */
export type Command = readonly string[];

const ansiEscapes: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  b: "\b",
  f: "\f",
  v: "\v",
  a: "\x07",
  e: "\x1b",
  "0": "\0",
};

/**
 * Splits the text of commands into words, as a POSIX shell does: with quotes, `$'…'`, line continuations and several commands
 * in a row. The form that browsers copy for Windows (`^"…^"`, lines that end in `^`) is recognized.
 */
export function shellCommands(text: string): Command[] {
  const isWindows = /\^\r?\n|\^"/.test(text);
  return new ShellText(isWindows ? withoutCarets(text) : text).commands();
}

/** Removes the escapes of cmd.exe. The quotes that curl.exe reads remain. */
function withoutCarets(text: string): string {
  return text
    .replace(/\^\r?\n\r?\n/g, "\n")
    .replace(/\^\r?\n/g, " ")
    .replace(/\^([\s\S])/g, "$1");
}

class ShellText {
  readonly #text: string;
  #at = 0;
  #word: string | null = null;
  #words: string[] = [];
  readonly #commands: Command[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  commands(): Command[] {
    while (this.#at < this.#text.length) this.#step(this.#text[this.#at++] ?? "");
    this.#endCommand();
    return this.#commands;
  }

  #step(character: string): void {
    if (character === "'") this.#add(this.#until("'"));
    else if (character === '"') this.#doubleQuoted();
    else if (character === "$" && this.#text[this.#at] === "'") this.#ansiQuoted();
    else if (character === "\\") this.#escaped();
    else if (character === " " || character === "\t" || character === "\r") this.#endWord();
    else if (character === "\n" || character === ";" || character === "&" || character === "|") this.#endCommand();
    else if (character === "#" && this.#word === null) this.#until("\n");
    else this.#add(character);
  }

  /** Returns the text up to the next `end`, and skips `end`. */
  #until(end: string): string {
    const found = this.#text.indexOf(end, this.#at);
    const stop = found === -1 ? this.#text.length : found;
    const text = this.#text.slice(this.#at, stop);
    this.#at = stop + 1;
    return text;
  }

  #doubleQuoted(): void {
    this.#add("");
    while (this.#at < this.#text.length) {
      const character = this.#text[this.#at++] ?? "";
      if (character === '"') return;
      const next = this.#text[this.#at] ?? "";
      if (character !== "\\" || !/["\\$`\n]/.test(next)) this.#add(character);
      else {
        this.#at++;
        this.#add(next === "\n" ? "" : next);
      }
    }
  }

  #ansiQuoted(): void {
    this.#at++;
    const rest = this.#text.slice(this.#at);
    const [whole, body = ""] = /^((?:[^'\\]|\\[\s\S])*)'/.exec(rest) ?? [rest, rest];
    this.#at += whole.length;
    this.#add(
      body.replace(
        /\\(?:u([0-9a-f]{1,4})|U([0-9a-f]{1,8})|x([0-9a-f]{1,2})|([\s\S]))/gi,
        (_, short, long, byte, other) => {
          const hex: string | undefined = short ?? long ?? byte;
          if (hex !== undefined) return String.fromCodePoint(Math.min(Number.parseInt(hex, 16), 0x10_ff_ff));
          return ansiEscapes[other] ?? other;
        },
      ),
    );
  }

  #escaped(): void {
    const next = this.#text[this.#at++] ?? "";
    if (next === "\r" && this.#text[this.#at] === "\n") this.#at++;
    else if (next !== "\n") this.#add(next);
  }

  #add(text: string): void {
    this.#word = (this.#word ?? "") + text;
  }

  #endWord(): void {
    if (this.#word !== null) this.#words.push(this.#word);
    this.#word = null;
  }

  #endCommand(): void {
    this.#endWord();
    if (this.#words.length > 0) this.#commands.push(this.#words);
    this.#words = [];
  }
}
