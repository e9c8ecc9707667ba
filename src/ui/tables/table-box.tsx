import type { ComponentChildren } from "preact";

interface TableBoxProps {
  readonly caption: string;
  readonly children: ComponentChildren;
}

/** A table that scrolls in a box of its own if it is too wide, with the keyboard too. */
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
