/** A part of protobufjs' JSON form: a namespace, a type or a service. */
interface ProtoNode {
  readonly methods?: object;
  readonly fields?: Readonly<Record<string, object>>;
  readonly oneofs?: Readonly<Record<string, { readonly oneof: readonly string[] }>>;
  readonly nested?: Readonly<Record<string, ProtoNode>>;
}

/** Returns the types with the names of their fields in camel case, as in the JSON form of messages. */
export function camelCased(node: ProtoNode): ProtoNode {
  const { fields, oneofs, nested, ...others } = node;
  return {
    ...others,
    ...(fields === undefined ? {} : { fields: renamed(fields, (field) => field) }),
    ...(oneofs === undefined
      ? {}
      : { oneofs: renamed(oneofs, ({ oneof, ...rest }) => ({ ...rest, oneof: oneof.map(camelCase) })) }),
    ...(nested === undefined
      ? {}
      : { nested: Object.fromEntries(Object.entries(nested).map(([name, one]) => [name, camelCased(one)])) }),
  };
}

function renamed<Value>(values: Readonly<Record<string, Value>>, change: (value: Value) => Value) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [camelCase(name), change(value)]));
}

/** Converts a name to camel case as protobufjs does: "job_id" becomes "jobId", "_id" stays "_id". */
function camelCase(name: string): string {
  return name.slice(0, 1) + name.slice(1).replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
