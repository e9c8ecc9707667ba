/** The function of a test that makes a multipart form, if its code calls `formOf`; otherwise nothing. */
export function formOfHelper(code: string): string {
  if (!code.includes("formOf(")) return "";
  return `
/** The fields of a multipart form. */
function formOf(fields: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
}
`;
}
