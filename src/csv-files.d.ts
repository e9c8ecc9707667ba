/** What a test file gets that imports a CSV file: its records, by the names in the first line. */
declare module "*.csv" {
  const records: readonly Readonly<Record<string, string>>[];
  export default records;
}
