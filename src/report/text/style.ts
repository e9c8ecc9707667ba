import { styleText } from "node:util";

/** The colours and marks of the terminal. Colour is never the only sign of anything. */
export interface Style {
  passed(text: string): string;
  failed(text: string): string;
  invalid(text: string): string;
  muted(text: string): string;
  strong(text: string): string;
}

const same = (text: string): string => text;

export const plainStyle: Style = { passed: same, failed: same, invalid: same, muted: same, strong: same };

const colourStyle: Style = {
  passed: (text) => styleText("green", text, { validateStream: false }),
  failed: (text) => styleText("red", text, { validateStream: false }),
  invalid: (text) => styleText("yellow", text, { validateStream: false }),
  muted: (text) => styleText("dim", text, { validateStream: false }),
  strong: (text) => styleText("bold", text, { validateStream: false }),
};

/** Uses colours on a terminal only, and never with `NO_COLOR` (https://no-color.org). */
export function styleFor(stream: { isTTY?: boolean }, environment: NodeJS.ProcessEnv): Style {
  return stream.isTTY === true && !environment.NO_COLOR ? colourStyle : plainStyle;
}
