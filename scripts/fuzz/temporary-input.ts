import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file for readers that take a path. */
export class TemporaryInput {
  readonly folder = mkdtempSync(join(tmpdir(), "muster-fuzz-"));
  readonly path: string;

  constructor(name: string) {
    this.path = join(this.folder, name);
  }

  write(input: Uint8Array): void {
    writeFileSync(this.path, input);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
