import { useEffect, useState } from "preact/hooks";
import { pageHash } from "../selection/page-hash.ts";

/** Returns the segments of the fragment of the URL, which survives a reload: `#/runs/ID` is ["runs", ID]. */
export function useRoute(): readonly string[] {
  const [route, setRoute] = useState(currentRoute);
  useEffect(() => {
    const update = () => setRoute(currentRoute());
    addEventListener("hashchange", update);
    return () => removeEventListener("hashchange", update);
  }, []);
  return route;
}

export function goTo(...pieces: readonly string[]): void {
  location.hash = routeOf(...pieces);
}

export function routeOf(...pieces: readonly string[]): string {
  return `#/${pieces.map(encodeURIComponent).join("/")}`;
}

function currentRoute(): readonly string[] {
  return pageHash(location.hash)
    .path.replace(/^\//, "")
    .split("/")
    .filter(Boolean)
    .map((piece) => {
      try {
        return decodeURIComponent(piece);
      } catch {
        return piece;
      }
    });
}
