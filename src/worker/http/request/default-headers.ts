import { InvalidValue } from "../../../core/invalid-value.ts";
import { defaultHeaderProblem, type HeaderSettings } from "../../../scenario/definition/header-rules.ts";

export interface DefaultHeader {
  readonly name: string;
  readonly inLowerCase: string;
  readonly value: string;
}

const credentials: ReadonlySet<string> = new Set(["authorization", "proxy-authorization", "cookie", "host"]);

/** The headers that a request has unless it says otherwise. They do not change: `with` makes new ones. */
export class DefaultHeaders {
  static readonly none = new DefaultHeaders([]);
  readonly list: readonly DefaultHeader[];
  #elsewhere: DefaultHeaders | null = null;

  private constructor(list: readonly DefaultHeader[]) {
    this.list = list;
  }

  /** Those of a test, and of a class over them, which were checked when the test was loaded. */
  static of(...layers: readonly (HeaderSettings | undefined)[]): DefaultHeaders {
    return layers
      .flatMap((layer) => Object.entries(layer ?? {}))
      .reduce<DefaultHeaders>((headers, [name, value]) => headers.with(name, value), DefaultHeaders.none);
  }

  /**
   * With another value of one header; null leaves it out.
   * @throws InvalidValue
   */
  with(name: string, value: string | null): DefaultHeaders {
    const problem = defaultHeaderProblem(name, value);
    if (problem !== null) throw new InvalidValue(`vu.http.headers: ${problem}`);
    const inLowerCase = name.toLowerCase();
    const others = this.list.filter((header) => header.inLowerCase !== inLowerCase);
    if (value === null && others.length === this.list.length) return this;
    return new DefaultHeaders(value === null ? others : [...others, { name, inLowerCase, value }]);
  }

  valueOf(name: string): string | undefined {
    const inLowerCase = name.toLowerCase();
    return this.list.find((header) => header.inLowerCase === inLowerCase)?.value;
  }

  /** Those that may follow a redirect to another origin. */
  get elsewhere(): DefaultHeaders {
    this.#elsewhere ??= new DefaultHeaders(this.list.filter(({ inLowerCase }) => !credentials.has(inLowerCase)));
    return this.#elsewhere;
  }
}
