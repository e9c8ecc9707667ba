const longestQuote = 40;

/**
 * The type tag of a value, such as "Object", "Array" or "FormData", whatever realm or library it comes from; never throws.
 */
export function tagOf(value: unknown): string {
  try {
    return Object.prototype.toString.call(value).slice("[object ".length, -1);
  } catch {
    // A proxy that was revoked, or a tag whose getter throws.
    return "Object";
  }
}

/** Whether the value has a `then` method, so that `await` would wait for it; never throws. */
export function isThenable(value: unknown): boolean {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  try {
    return typeof (value as { then?: unknown }).then === "function";
  } catch {
    return false;
  }
}

/** Describes, for a message, a value that was given by mistake: "the number 5", "a list", "a promise". One line; never throws. */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case "undefined":
      return "undefined";
    case "string":
      // JSON quoting keeps the message on one line whatever the text holds.
      return `the string ${JSON.stringify(value.length > longestQuote ? `${value.slice(0, longestQuote)}…` : value)}`;
    case "number":
      return `the number ${value}`;
    case "bigint":
      return `the bigint ${String(value).slice(0, longestQuote)}`;
    case "boolean":
      return String(value);
    case "symbol":
      return "a symbol";
    case "function":
      return "a function";
    default:
      return value === null ? "null" : objectInWords(value as object);
  }
}

function objectInWords(value: object): string {
  if (isThenable(value)) return "a promise";
  const tag = tagOf(value);
  if (tag === "Array") return "a list";
  if (tag === "Object") return "an object";
  const name = tag.replace(/[^\w. -]/g, "").slice(0, longestQuote) || "object";
  return `${/^[aeio]/i.test(name) ? "an" : "a"} ${name}`;
}

/** Whether a value that a test threw is an instance of this class. Any value can be thrown, even one that throws when it is inspected. */
export function isInstance<Type>(thrown: unknown, type: abstract new (...given: never[]) => Type): thrown is Type {
  try {
    return thrown instanceof type;
  } catch {
    return false;
  }
}
