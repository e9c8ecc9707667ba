import { useEffect, useMemo, useState } from "preact/hooks";

/** The number of rows from which the rows out of sight are redrawn less often. */
const largeTable = 60;
/** With each update, one in this number of the rows out of sight is redrawn. */
const rounds = 10;
/** The time without an update after which all rows are redrawn: a run that has ended no longer changes. */
const settleMs = 2_000;

/** Decides which rows of a table are redrawn. */
export interface RowUpdates {
  /**
   * Whether a row is due to be redrawn.
   * @param element the element of the row; null before it is drawn
   * @param position the row's position
   */
  readonly isDue: (element: Element | null, position: number) => boolean;
  /** Called when the element of a row has appeared. */
  readonly watch: (element: Element) => void;
  /** Called when the element of a row has been removed. */
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
 * Redraws the rows of a large table that are out of sight in turn: a tenth of them with each update, and all of them when
 * updates have stopped. With 200 rows, drawing them is most of the time of an update.
 * @param version the values that change with the rows and with how they are shown
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
