import type { ComponentChildren } from "preact";

interface TableBoxProps {
  readonly caption: string;
  readonly children: ComponentChildren;
}

/** A box in which a table that is too wide can be scrolled, also with the keyboard. */
export function TableBox({ caption, children }: TableBoxProps) {
  return (
    <section class="table-box" aria-label={caption} tabIndex={0}>
      <table>
        <caption class="visually-hidden">{caption}</caption>
        {children}
      </table>
    </section>
  );
}
