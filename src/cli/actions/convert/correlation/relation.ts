import { nameWords, singular } from "../code/names.ts";
import type { IssuedValue } from "./issued-value.ts";
import type { Place } from "./place.ts";

/** Whether a value is so peculiar that two places with it must be related, whatever their names are. */
export function isPeculiar(value: string): boolean {
  if (value.length < 6 || value.length > 8_192 || /\s/.test(value)) return false;
  // Dates, colours, decimals and versions.
  if (/^\d{4}-\d\d-\d\d|^#[0-9a-f]{3,8}$|^v?\d+(?:\.\d+)+$|^[a-z]+\/[\w.+-]+$/i.test(value)) return false;
  if (/^\d+$/.test(value)) return value.length >= 6;
  if (/\d/.test(value) && /[a-z]/i.test(value)) return value.length >= 8;
  return value.length >= 20 && /[a-z]/.test(value) && /[A-Z]/.test(value);
}

/** Matches the names of fields whose values come from the service. */
const idName =
  /^_?id$|(?:Id|ID|_id|-id)$|uuid|guid|slug|sku|token|nonce|csrf|xsrf|authenticity|verification|viewstate/i;

/** Whether a short value, such as the 17 of an order, belongs to this place, judging by the names of both. */
export function isRelated(issued: IssuedValue, place: Place): boolean {
  const { name, collection, value } = issued;
  if (/^$|\s/.test(value) || !(idName.test(name) || (name === "" && isIdInLink(issued)))) return false;
  const owner = singularOf(collection);
  if (place.kind === "path") return owner !== "" && singularOf(place.name) === (ownerIn(name) || owner);
  if (!["query", "json", "form"].includes(place.kind)) return false;
  const field = nameWords(place.name).join("");
  const own = nameWords(name).join("");
  return own.length > 2 ? field === own : own === "id" && owner !== "" && field === `${owner}id`;
}

/** Whether the value is an id after the name of its collection, and not another word of a path. */
function isIdInLink({ collection, value }: IssuedValue): boolean {
  return /\d/.test(value) && /^[a-z]/i.test(collection);
}

/** Returns the owner that a name contains: order for "orderId"; empty for "id". */
function ownerIn(name: string): string {
  const words = nameWords(name);
  return words.length > 1 && words.at(-1) === "id" ? words.slice(0, -1).join("") : "";
}

function singularOf(collection: string): string {
  return singular(nameWords(collection).join(""));
}
