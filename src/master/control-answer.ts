/** The answer to a request to change a running load: the change was made, or it was refused for a reason. */
export type ControlAnswer<Reason extends string> =
  | { readonly kind: "changed" }
  | { readonly kind: "refused"; readonly reason: Reason };

export const changed = { kind: "changed" } as const;

export function refusal<Reason extends string>(reason: Reason) {
  return { kind: "refused", reason } as const;
}
