import { InvalidValue } from "../../../core/invalid-value.ts";
import type { ClientTls, UserTlsOptions } from "../../../scenario/connections/connection.ts";
import { tlsProblem } from "../../../scenario/connections/connection-schema.ts";
import { secretBytes } from "../../../scenario/connections/secret-files.ts";
import type { TlsSettings } from "./tls-settings.ts";

/** The TLS settings of one virtual user, as a test changes them. */
export class UserTls implements ClientTls {
  #current: TlsSettings;
  readonly #use: (tls: TlsSettings) => void;

  constructor(initial: TlsSettings, use: (tls: TlsSettings) => void) {
    this.#current = initial;
    this.#use = use;
    // Frozen, so that an assignment (`tls.cert = …`) throws instead of doing nothing.
    Object.freeze(this);
  }

  /** @throws InvalidValue */
  set(options: UserTlsOptions): void {
    const problem = tlsProblem(options);
    if (problem !== null) throw new InvalidValue(`vu.http.tls.set(options): ${problem}`);
    const changed = this.#current.with(options, secretBytes);
    // Created here, so that an invalid call throws, and not a later request.
    void changed.context;
    this.#current = changed;
    this.#use(changed);
  }
}
