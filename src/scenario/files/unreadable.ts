/**
 * Returns why a file cannot be read, as the end of a sentence: "cannot be read: there is no such file (looked at
 * /tests/a.csv)".
 * @param location the absolute path
 * @param cause the error of Node.js, whose message repeats the path
 */
export function unreadable(location: string, cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  const why = code === "ENOENT" ? "there is no such file" : message.replace(/, [a-z]+(?: '.*')?$/s, "");
  return `cannot be read: ${why} (looked at ${location})`;
}
