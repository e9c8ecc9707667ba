import { useEffect, useState } from "preact/hooks";

const retryMs = 2_000;

/**
 * Loads code that most pages do not need at once; null until it is loaded. While the master cannot be reached, the request is
 * repeated. A report file contains the code.
 * @param load the same function on each call
 */
export function useLazy<Module>(load: () => Promise<Module>, isNeeded = true): Module | null {
  const [module, setModule] = useState<{ readonly loaded: Module } | null>(null);
  useEffect(() => {
    if (!isNeeded) return undefined;
    let isGone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const request = () => {
      load().then(
        (loaded) => {
          if (!isGone) setModule({ loaded });
        },
        () => {
          if (!isGone) timer = setTimeout(request, retryMs);
        },
      );
    };
    request();
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [load, isNeeded]);
  return module?.loaded ?? null;
}
