import { useEffect, useMemo, useState } from "preact/hooks";

/** From this number of rows on, those out of sight are drawn again less often. */
const largeTable = 60;
/** Of the rows out of sight, one in this number is drawn again with each update. */
const rounds = 10;
/** After this time without an update, all rows are drawn: a run that has ended changes no more. */
const settleMs = 2_000;

/** Decides which rows of a table are drawn again. */
export interface RowUpdates {
  /** @param element of the row; null before it is drawn @param position of the row among all */
  readonly isDue: (element: Element | null, position: number) => boolean;
  /** The element of a row has appeared. */
  readonly watch: (element: Element) => void;
  /** The element of a row has gone. */
  readonly unwatch: (element: Element) => void;
}

class VisibleRows implements RowUpdates {
  #round = 0;
  #isSettling = false;
  readonly #visible = new Set<Element>();
  readonly #observer: IntersectionObserver;

  constructor(onVisible: () => void) {
    this.#observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          if (isIntersecting) this.#visible.add(target);
          else this.#visible.delete(target);
        }
        onVisible();
      },
      // Rows just out of sight are up to date before they are scrolled to.
      { rootMargin: "200px" },
    );
  }

  readonly isDue = (element: Element | null, position: number): boolean =>
    this.#isSettling || element === null || this.#visible.has(element) || (position + this.#round) % rounds === 0;

  readonly watch = (element: Element): void => this.#observer.observe(element);

  readonly unwatch = (element: Element): void => {
    this.#observer.unobserve(element);
    this.#visible.delete(element);
  };

  next(isSettling: boolean): void {
    this.#round += 1;
    this.#isSettling = isSettling;
  }

  close(): void {
    this.#observer.disconnect();
  }
}

const allRows: RowUpdates = { isDue: () => true, watch: () => undefined, unwatch: () => undefined };

/**
 * Rows of a large table that nobody sees are drawn again in turn, a tenth of them with each update, and all once updates have
 * ceased. With 200 rows, this is most of the time that an update takes.
 * @param version changes with the rows and how they are shown
 */
export function useRowUpdates(count: number, version: readonly unknown[]): RowUpdates {
  const [settled, settle] = useState(0);
  const [, redraw] = useState(0);
  const isLarge = count >= largeTable;
  const rows = useMemo(() => (isLarge ? new VisibleRows(() => redraw((times) => times + 1)) : null), [isLarge]);
  useEffect(() => () => rows?.close(), [rows]);
  useMemo(() => rows?.next(false), version);
  useMemo(() => rows?.next(true), [settled]);
  useEffect(() => {
    if (rows === null) return undefined;
    const timer = setTimeout(() => settle((times) => times + 1), settleMs);
    return () => clearTimeout(timer);
  }, [rows, ...version]);
  return rows ?? allRows;
}
