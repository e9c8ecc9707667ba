/** The answer of a control of a run: the change was made, or the reason why it was not. */
export type ControlAnswer<Reason extends string> =
  | { readonly kind: "changed" }
  | { readonly kind: "refused"; readonly reason: Reason };

export const changed = { kind: "changed" } as const;

export function refusal<Reason extends string>(reason: Reason) {
  return { kind: "refused", reason } as const;
}
