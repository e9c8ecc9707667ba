import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { StoreConnection } from "../../src/store/connection.ts";
import { openDatabase, prepared } from "../../src/store/open-database.ts";
import { migrations } from "../../src/store/schema.ts";
import { StoreFolder } from "./store-fixture.ts";

/** A connection to a file that another process brings to the latest version after the version was read, before the tables are. */
class OvertakenConnection extends StoreConnection {
  #isOvertaken = false;

  override all<Row>(...query: Parameters<StoreConnection["all"]>): Row[] {
    if (!this.#isOvertaken) {
      this.#isOvertaken = true;
      openDatabase(this.path).close();
    }
    return super.all(...query);
  }
}

test("two processes open an old store at once: the slower one accepts what the faster one has made of it", () => {
  using folder = new StoreFolder();
  const path = join(folder.path, "muster.db");
  folder.open().close();
  const database = new DatabaseSync(path);
  for (const { name } of database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()) {
    database.exec(`DROP TABLE "${name}"`);
  }
  for (const migration of migrations.slice(0, 2)) database.exec(migration);
  database.exec("PRAGMA user_version = 2");
  database.close();
  const connection = prepared(new OvertakenConnection(path));
  const version = connection.get<{ user_version: number }>("PRAGMA user_version");
  connection.close();
  assert.equal(version?.user_version, migrations.length);
});
