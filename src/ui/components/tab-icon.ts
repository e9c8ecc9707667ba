import { useEffect } from "preact/hooks";

/** Sets the icon of the tab. @param url changes rarely, as a browser decodes each one */
export function useTabIcon(url: string): void {
  useEffect(() => {
    let link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (link === null) {
      link = document.createElement("link");
      link.rel = "icon";
      document.head.append(link);
    }
    link.href = url;
  }, [url]);
}
