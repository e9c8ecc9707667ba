import { gunzipSync, strFromU8 } from "fflate";

// Unpacks the data and the script that `htmlPage` embedded in the page, and runs the script. Everything is done before the page
// has loaded, because a browser that only takes a screenshot or prints does not wait for later work of a page.

/** Returns an element of the page and its text, which is stored compressed with gzip, in base64. */
function unpack(id: "report" | "code"): { readonly element: HTMLElement; readonly text: string } {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`this file contains no ${id}`);
  const packed = Uint8Array.from(atob(element.textContent ?? ""), (character) => character.charCodeAt(0));
  return { element, text: strFromU8(gunzipSync(packed)) };
}

const data = unpack("report");
data.element.textContent = data.text;
const script = document.createElement("script");
script.textContent = unpack("code").text;
document.body.append(script);
