import { ConfigurationError } from "../../../../core/errors.ts";
import { type LooseObject, listOf, objectOf, oneLine, textOf } from "../loose-json.ts";

/** An OpenAPI 3 description whose references within the file can be followed. */
export class ApiDocument {
  readonly root: LooseObject;
  readonly #file: string;

  /** Checks the document. @throws ConfigurationError if it is not OpenAPI 3, or has no paths */
  constructor(file: string, root: LooseObject) {
    this.#file = oneLine(file);
    this.root = root;
    if (root["swagger"] !== undefined) {
      throw this.error(
        `it is Swagger ${oneLine(textOf(root["swagger"]), 10)}; convert it to OpenAPI 3 first: npx swagger2openapi`,
      );
    }
    if (!/^3\.\d/.test(textOf(root["openapi"]))) {
      throw this.error(`its field openapi is ${JSON.stringify(root["openapi"])}; OpenAPI 3 can be converted`);
    }
    if (Object.keys(this.objectAt(root["paths"]) ?? {}).length === 0) throw this.error("its field paths has no path");
  }

  /** Returns the object that a value is or refers to; null if it is not an object, or if its references form a circle. */
  objectAt(value: unknown): LooseObject | null {
    let object = objectOf(value);
    for (let count = 0; count < 20; count++) {
      const reference = object?.["$ref"];
      if (typeof reference !== "string") return object;
      object = objectOf(this.#referred(reference));
    }
    return null;
  }

  error(reason: string): ConfigurationError {
    return new ConfigurationError(`${this.#file} is not an OpenAPI description that can be converted: ${reason}`);
  }

  /** Follows a JSON pointer (RFC 6901) in the file. */
  #referred(reference: string): unknown {
    if (!reference.startsWith("#")) {
      throw this.error(
        `$ref ${JSON.stringify(oneLine(reference, 80))} is in another file; bundle them first: npx @redocly/cli bundle`,
      );
    }
    const parts = decoded(reference.slice(1)).split("/").slice(1);
    const target = parts.reduce<unknown>((at, part) => {
      const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
      return Array.isArray(at) ? at[Number(name)] : objectOf(at)?.[name];
    }, this.root);
    if (target === undefined) throw this.error(`$ref ${JSON.stringify(oneLine(reference, 80))} refers to nothing`);
    return target;
  }

  /** The URL of the first server, with the default values of its variables; null if it is relative or missing. */
  get server(): string | null {
    const server = this.objectAt(listOf(this.root["servers"])[0]);
    const variables = objectOf(server?.["variables"]);
    const url = textOf(server?.["url"]).replace(/\{([^{}]+)\}/g, (_, name: string) =>
      textOf(objectOf(variables?.[name])?.["default"]),
    );
    return /^https?:\/\/[^/]/.test(url) ? url.replace(/\/+$/, "") : null;
  }

  get title(): string {
    return oneLine(textOf(objectOf(this.root["info"])?.["title"]), 60);
  }
}

/** Parses JSON or YAML. The YAML library is loaded only for YAML. */
export async function parseApiText(file: string, text: string): Promise<LooseObject> {
  try {
    const value: unknown = /^\s*\{/.test(text)
      ? JSON.parse(text)
      : (await import("yaml")).default.parse(text, { maxAliasCount: 10_000, logLevel: "error" });
    const object = objectOf(value);
    if (object !== null) return object;
  } catch (cause) {
    const reason = oneLine((cause as Error).message.split("\n")[0] ?? "");
    throw new ConfigurationError(`${oneLine(file)} cannot be read as JSON or YAML: ${reason}`, { cause });
  }
  throw new ConfigurationError(`${oneLine(file)} contains no OpenAPI description`);
}

/** Percent-decodes a pointer. Returns it unchanged if its encoding is not valid: then it refers to nothing. */
function decoded(pointer: string): string {
  try {
    return decodeURIComponent(pointer);
  } catch {
    return pointer;
  }
}
