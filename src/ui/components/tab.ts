import { useEffect } from "preact/hooks";
import { type TabStatus, tabIcon } from "../data/tab-status.ts";

/** Sets the title and the icon of the tab; null changes neither. The icon rarely changes, because the browser decodes each one. */
export function useTab(status: TabStatus | null): void {
  const icon = status === null ? null : tabIcon(status);
  const title = status?.title ?? null;
  useEffect(() => {
    if (title !== null) document.title = title;
  }, [title]);
  useEffect(() => {
    if (icon === null) return;
    let link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (link === null) {
      link = document.createElement("link");
      link.rel = "icon";
      document.head.append(link);
    }
    link.href = icon;
  }, [icon]);
}
