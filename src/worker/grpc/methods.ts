import type { MethodDefinition } from "@grpc/proto-loader";
import { describeValue } from "../../core/describe-value.ts";
import { InvalidValue } from "../../core/invalid-value.ts";
import { nameHint, nearestName } from "../../core/nearest.ts";
import type { GrpcMessageOptions, ProtoFile } from "../../scenario/definition/grpc.ts";
import type { ProtoLoader } from "./packages.ts";
import { camelCased } from "./proto-names.ts";

export interface GrpcMethod {
  /** The name in reports: "shop.Orders/Get". */
  readonly name: string;
  /** The path of its requests: "/shop.Orders/Get". */
  readonly path: string;
  readonly sendsStream: boolean;
  readonly receivesStream: boolean;
  /** @throws InvalidValue for a message that does not have the type of the method */
  encode(message: unknown): Buffer;
  decode(bytes: Buffer): unknown;
}

/** The methods of the services in `.proto` files, by "package.Service/Method". */
export class GrpcMethods {
  readonly #byName = new Map<string, GrpcMethod>();

  /** @throws InvalidValue if the files have no service */
  constructor(loader: ProtoLoader, files: readonly ProtoFile[], options: GrpcMessageOptions) {
    const { keepCase = false, longs = "string", enums = "string", defaults = true } = options;
    const types = { string: String, number: Number };
    const form = {
      longs: types[longs],
      defaults,
      oneofs: true,
      ...(enums === "string" ? { enums: String } : {}),
    };
    for (const { json } of files) {
      const definitions = loader.fromJSON((keepCase ? json : camelCased(json)) as object, form);
      for (const [service, definition] of Object.entries(definitions)) {
        // A definition with a format is a message or an enum.
        if ("format" in definition) continue;
        for (const [name, method] of Object.entries(definition)) this.#add(`${service}/${name}`, method);
      }
    }
    if (this.#byName.size > 0) return;
    throw new InvalidValue(`grpcClient: no service found in ${files.map(({ file }) => file).join(", ")}`);
  }

  #add(name: string, { path, requestStream, responseStream, ...method }: MethodDefinition<object, object>): void {
    const { requestSerialize, responseDeserialize, requestType } = method;
    const { field = [] } = requestType.type as { readonly field?: readonly { readonly name: string }[] };
    const fields = new Set(field.map((one) => one.name));
    this.#byName.set(name, {
      name,
      path,
      sendsStream: requestStream,
      receivesStream: responseStream,
      encode(message) {
        requireFields(name, message, fields);
        try {
          return requestSerialize(message);
        } catch (cause) {
          throw new InvalidValue(`${name}: the message is not valid: ${(cause as Error).message}`, { cause });
        }
      },
      decode: responseDeserialize,
    });
  }

  /** @throws InvalidValue with the nearest name */
  find(name: unknown): GrpcMethod {
    const found = typeof name === "string" ? this.#byName.get(name) : undefined;
    return found ?? this.#missing(name);
  }

  #missing(name: unknown): never {
    const names = [...this.#byName.keys()];
    const hint = typeof name === "string" ? this.#meant(name, names) : undefined;
    const known = `there are ${names.slice(0, 10).join(", ")}${names.length > 10 ? ", …" : ""}`;
    throw new InvalidValue(
      `no gRPC method is named ${describeValue(name)}; ${hint === undefined ? known : `did you mean ${JSON.stringify(hint)}?`}`,
    );
  }

  #meant(name: string, names: readonly string[]): string | undefined {
    const bare = name.replace(/^\//, "").replace(/\.([^./]+)$/, "/$1");
    return names.find((one) => one === bare || one.endsWith(`.${bare}`)) ?? nearestName(name, names);
  }
}

/**
 * Refuses fields that the message does not have. protobufjs would leave them out, and the server would see an empty field.
 * @throws InvalidValue
 */
function requireFields(name: string, message: unknown, fields: ReadonlySet<string>): asserts message is object {
  if (typeof message !== "object" || message === null || Array.isArray(message)) {
    throw new InvalidValue(`${name}: the message is ${describeValue(message)}; expected an object with its fields`);
  }
  for (const field of Object.keys(message)) {
    if (fields.has(field)) continue;
    const hint = nameHint(field, [...fields]);
    throw new InvalidValue(`${name}: the message has no field ${JSON.stringify(field)}; ${hint}`);
  }
}
