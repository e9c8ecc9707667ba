/** A place in a list; holding it makes removal O(1). */
export interface ListNode<T> {
  readonly value: T;
  previous: ListNode<T> | undefined;
  next: ListNode<T> | undefined;
}

/**
 * A doubly linked list. A Map keeps insertion order too, but finding its oldest entry walks over all deleted
 * ones before it, which is slow exactly when a full store evicts one entry for each new one.
 */
export class LinkedList<T> {
  first: ListNode<T> | undefined = undefined;
  last: ListNode<T> | undefined = undefined;

  append(value: T): ListNode<T> {
    const node: ListNode<T> = { value, previous: this.last, next: undefined };
    if (this.last === undefined) this.first = node;
    else this.last.next = node;
    this.last = node;
    return node;
  }

  remove(node: ListNode<T>): void {
    if (node.previous === undefined) this.first = node.next;
    else node.previous.next = node.next;
    if (node.next === undefined) this.last = node.previous;
    else node.next.previous = node.previous;
  }

  /** Values from the newest to the oldest, at most `limit` after leaving out the first `offset`. */
  newestFirst(limit = Number.POSITIVE_INFINITY, offset = 0): T[] {
    const values: T[] = [];
    let position = 0;
    for (let node = this.last; node !== undefined && values.length < limit; node = node.previous) {
      if (position >= offset) values.push(node.value);
      position += 1;
    }
    return values;
  }
}
