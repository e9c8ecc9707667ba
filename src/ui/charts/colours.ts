/** The tokens with which canvases draw. Their values are only in styles/tokens.css. */
const tokens = [
  "page",
  "surface",
  "border",
  "text",
  "muted",
  "passed",
  "failed",
  "invalid",
  "running",
  "p50",
  "p95",
  "p99",
  "requests",
  "failures",
  "users",
  "arrivals",
] as const;

export type Token = (typeof tokens)[number];
export type Colours = Readonly<Record<Token, string>>;

/** Reads the current colours. A canvas supports neither variables nor `light-dark()`, so an element resolves them. */
export function readColours(): Colours {
  const probe = document.createElement("span");
  document.body.append(probe);
  const colours = Object.fromEntries(
    tokens.map((token) => {
      probe.style.color = `var(--${token})`;
      return [token, getComputedStyle(probe).color];
    }),
  ) as Record<Token, string>;
  probe.remove();
  return colours;
}
