/** Whether the source runs, as in tests, and not the build output. */
const fromSource = import.meta.url.endsWith(".ts");

/** The folder of the package, which holds bin/, src/ or dist/ and package.json; it ends with a slash. */
export const packageFolder = fromSource
  ? new URL("../..", import.meta.url)
  : // The build puts a module into any file of dist/.
    new URL(import.meta.url.slice(0, import.meta.url.lastIndexOf("/dist/") + 1));

/** The folder of the code that runs. */
export const codeFolder = new URL(fromSource ? "src/" : "dist/bundle/", packageFolder);

/**
 * Returns the URL of a module that is an entry of the build, such as the code of a thread.
 * @param name the path of the module below src/ without extension: "worker/link/thread"
 */
export function ownModule(name: string): URL {
  return new URL(`${name}.${fromSource ? "ts" : "js"}`, codeFolder);
}

/** The owner, the permissions and the device of a folder, as `stat` reads them. */
interface FolderFacts {
  readonly uid: number;
  readonly mode: number;
  readonly dev: number;
}

/**
 * Whether a folder belongs to another user of this machine and everyone can write to it: its owner may have planted files
 * in it. Folders of the system, such as /tmp, do not count. A mount point does not count either: only the administrator
 * mounts, and the owner of a folder that is mounted into a container is a user of the host.
 */
export function strangersFolder({ uid, mode, dev }: FolderFacts, parent: Pick<FolderFacts, "dev">): boolean {
  const own = process.getuid?.();
  return own !== undefined && uid !== own && uid !== 0 && (mode & 0o002) !== 0 && dev === parent.dev;
}
