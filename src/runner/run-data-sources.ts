import path from "node:path";
import * as z from "zod";
import { ConfigurationError } from "../core/errors.ts";
import type { RunDataSource } from "../master/shared/data-requests.ts";
import { RowFile } from "../scenario/data/row-file.ts";
import { type DeclaredData, declaredData } from "../scenario/shared/data.ts";
import type { SharedRecord } from "../store/batch.ts";

const storedSource = z.object({ hash: z.string().nullable() });

/**
 * Opens the data sources that a test declares. Reads each file once, to find its rows.
 * @param test the hash of the test's bundle
 * @param folder the folder of the test file
 * @param shared the shared values of a resumed run, whose files must not have changed
 * @throws ConfigurationError if a file cannot be read, is not valid, or has changed
 */
export async function openDataSources(
  test: string,
  folder: string,
  shared: readonly SharedRecord[],
): Promise<RunDataSource[]> {
  const opened: RunDataSource[] = [];
  try {
    for (const declared of declaredData(test)) opened.push(await openSource(declared, folder, shared));
  } catch (error) {
    closeDataSources(opened);
    throw error;
  }
  return opened.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Closes the files of the sources. */
export function closeDataSources(sources: readonly RunDataSource[]): void {
  for (const { opened } of sources) opened?.close();
}

async function openSource(
  declared: DeclaredData,
  folder: string,
  shared: readonly SharedRecord[],
): Promise<RunDataSource> {
  if (declared.file === null) return { ...declared, count: declared.rows?.length ?? 0, opened: null };
  const opened = await RowFile.open(path.resolve(folder, declared.file), declared.file);
  const before = shared.find(({ scope, key }) => scope === "data" && key === declared.name);
  if (before !== undefined && storedSource.parse(before.value).hash !== opened.hash) {
    opened.close();
    throw new ConfigurationError(
      `${declared.file} has changed since the run began, so it is not known which rows are used`,
    );
  }
  return { ...declared, count: opened.count, opened };
}
