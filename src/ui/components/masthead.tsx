import type { ComponentChildren } from "preact";
import { ThemeToggle } from "./theme-toggle.tsx";

interface MastheadProps {
  readonly subject: string;
  readonly host: string;
  readonly children?: ComponentChildren;
}

/** What is tested, and where it stands. */
export function Masthead({ subject, host, children }: MastheadProps) {
  return (
    <header class="masthead">
      <span class="brand">muster</span>
      <h1 class="subject">{subject}</h1>
      <span class="muted">{host}</span>
      <span class="fill" />
      {children}
      <ThemeToggle />
    </header>
  );
}
