import { InvalidValue } from "../../../core/invalid-value.ts";
import { defaultHeaderProblem, type HeaderSettings } from "../../../scenario/definition/header-rules.ts";
import { staysWithOrigin } from "./credentials.ts";

export interface DefaultHeader {
  readonly name: string;
  readonly inLowerCase: string;
  readonly value: string;
}

/** The headers that apply to a request that does not set them itself. Immutable: `with` returns a copy. */
export class DefaultHeaders {
  static readonly none = new DefaultHeaders([]);
  readonly list: readonly DefaultHeader[];
  #elsewhere: DefaultHeaders | null = null;

  private constructor(list: readonly DefaultHeader[]) {
    this.list = list;
  }

  /** Combines the headers of a test and those of its user class. Both were validated when the test was loaded. */
  static of(...layers: readonly (HeaderSettings | undefined)[]): DefaultHeaders {
    return layers
      .flatMap((layer) => Object.entries(layer ?? {}))
      .reduce<DefaultHeaders>((headers, [name, value]) => headers.with(name, value), DefaultHeaders.none);
  }

  /**
   * Returns a copy with another value of one header; null removes it.
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

  /** The headers that may follow a redirect to another origin. */
  get elsewhere(): DefaultHeaders {
    this.#elsewhere ??= new DefaultHeaders(this.list.filter(({ name, value }) => !staysWithOrigin(name, value)));
    return this.#elsewhere;
  }
}
