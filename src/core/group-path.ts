/** Separates the names of nested groups in a path, as in k6: "checkout::pay". */
export const groupSeparator = "::";
