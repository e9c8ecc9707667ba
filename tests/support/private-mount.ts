/** A command that gives the process that follows a file system of its own at `folder`: a tmpfs with these mount options. */
export function mounted(folder: string, options: string): string[] {
  const script = `mount -t tmpfs -o ${options} none ${folder} && exec "$@"`;
  return ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh"];
}
