import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

interface MastheadProps {
  readonly subject: string;
  readonly host: string;
  readonly children?: ComponentChildren;
}

/** The head of a page: the test, its host, and the controls at the right. */
export function Masthead({ subject, host, children }: MastheadProps) {
  return (
    <header class="masthead">
      <span class="brand">muster</span>
      <h1 class="subject" title={subject}>
        {subject}
      </h1>
      <span class="muted host" title={host}>
        {host}
      </span>
      <span class="fill" />
      {children}
      <ThemeToggle />
    </header>
  );
}

const storageKey = "muster-theme";
const themes = ["system", "light", "dark"] as const;
type Theme = (typeof themes)[number];

/** The choice of the colour scheme, by default that of the system. It is stored if the browser allows it. */
function ThemeToggle() {
  const [theme, setTheme] = useState<Theme>(storedTheme);
  useEffect(() => {
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    try {
      localStorage.setItem(storageKey, theme);
    } catch {
      // A file opened from disk may have no storage. The choice then lasts until the page is closed.
    }
  }, [theme]);
  return (
    <label class="screen-only">
      <span class="visually-hidden">Colours</span>
      <select value={theme} onChange={(event) => setTheme(event.currentTarget.value as Theme)}>
        <option value="system">system colours</option>
        <option value="light">light</option>
        <option value="dark">dark</option>
      </select>
    </label>
  );
}

function storedTheme(): Theme {
  try {
    const stored = localStorage.getItem(storageKey);
    return themes.find((theme) => theme === stored) ?? "system";
  } catch {
    return "system";
  }
}
