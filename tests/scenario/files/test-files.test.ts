import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { suite, test } from "node:test";
import {
  file,
  heldFile,
  isTestFile,
  locatedFiles,
  openingFiles,
  readPiece,
  useFiles,
} from "../../../src/scenario/files/test-files.ts";
import { TestFolder } from "../bundle/test-folder.ts";

const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");
let tests = 0;
const newTest = () => `test-files ${++tests}`;

suite("on a master", () => {
  test("a file is located relative to the test, with its length and hash", async () => {
    await using folder = await TestFolder.with({ "data/Photo.JPG": "picture", "data/x": "" });
    const id = newTest();
    const [photo, other] = await openingFiles(id, folder.path, async () => [
      file("data/Photo.JPG"),
      file("data/x", { name: "y.json", type: "a/b" }),
    ]);
    assert.deepEqual(
      [photo.name, photo.type, photo.size, photo.sha256],
      ["Photo.JPG", "image/jpeg", 7, hashOf("picture")],
    );
    assert.deepEqual([other.name, other.type, other.size], ["y.json", "a/b", 0]);
    assert.deepEqual(locatedFiles(id), [
      { path: "data/Photo.JPG", location: folder.file("data/Photo.JPG"), size: 7, sha256: hashOf("picture") },
      { path: "data/x", location: folder.file("data/x"), size: 0, sha256: hashOf("") },
    ]);
    assert.equal(Buffer.from(photo.bytes()).toString(), "picture");
    assert.ok(isTestFile(photo) && !isTestFile({ ...photo }));
  });

  test("a test that is loaded again sees its files as they are now", async () => {
    await using folder = await TestFolder.with({ "a.txt": "before" });
    const id = newTest();
    const opened = await openingFiles(id, folder.path, async () => file("a.txt"));
    await writeFile(folder.file("a.txt"), "after that");
    await openingFiles(id, folder.path, async () => {});
    assert.deepEqual([opened.size, opened.sha256], [10, hashOf("after that")]);
    await rm(folder.file("a.txt"));
    await assert.rejects(
      openingFiles(id, folder.path, async () => {}),
      /file\("a\.txt"\) cannot be read: there is no such file/,
    );
  });

  test("pieces come from the disk; what is no longer there is zero", async () => {
    await using folder = await TestFolder.with({ "a.txt": "0123456789" });
    const id = newTest();
    await openingFiles(id, folder.path, async () => file("a.txt"));
    const [located] = locatedFiles(id);
    assert.ok(located !== undefined);
    assert.equal(Buffer.from(readPiece(located, 4, 3)).toString(), "456");
    assert.equal(Buffer.from(readPiece(located, 8, 100)).toString(), "89");
    await writeFile(folder.file("a.txt"), "01234");
    assert.deepEqual([...readPiece(located, 4, 3)], [0x34, 0, 0]);
    await rm(folder.file("a.txt"));
    assert.deepEqual([...readPiece(located, 8, 100)], [0, 0]);
  });

  test("what cannot be sent is refused with its path", async () => {
    await using folder = await TestFolder.with({});
    await mkdir(folder.file("sub"));
    const opening = (...args: Parameters<typeof file>) =>
      openingFiles(newTest(), folder.path, async () => file(...args));
    await assert.rejects(opening("a.txt"), (error: Error) => {
      const why = "there is no such file";
      assert.equal(error.message, `file("a.txt") cannot be read: ${why} (looked at ${folder.file("a.txt")})`);
      return true;
    });
    assert.throws(() => file("later.txt"), /file\("later\.txt"\) is called too late: call it at the top level/);
    await assert.rejects(opening("sub"), /file\("sub"\) cannot be read: EISDIR/);
    await assert.rejects(opening(""), /file\(path\): the path is the string ""/);
    await assert.rejects(
      opening(5 as never),
      /file\(path\): the path is the number 5; expected a string such as "photo\.jpg"/,
    );
    await assert.rejects(
      opening("x", { type: "a\nb" }),
      /file\("x"\): the value of the header content-type contains a line break/,
    );
    await assert.rejects(opening("x", { type: 1 as never }), /file\("x"\): its type is not a string/);
    await assert.rejects(opening("x", { name: "" }), /file\("x"\): its name is empty or not a string/);
    await assert.rejects(
      opening("x", { contentType: "a/b" } as never),
      /file\("x"\): unknown option "contentType"; there/,
    );
    await assert.rejects(opening("x", null as never), /file\("x"\): expected options such as/);
  });
});

suite("on a worker", () => {
  test("a file is what has arrived, once for all who open it", async () => {
    const id = newTest();
    const bytes = Buffer.from("arrived");
    useFiles(id, [{ path: "far/a.txt", sha256: hashOf("arrived"), bytes }]);
    const [one, two] = await openingFiles(id, null, async () => [file("far/a.txt"), file("far/a.txt", { name: "b" })]);
    assert.equal(one.bytes(), bytes);
    assert.equal(two.bytes(), bytes);
    assert.deepEqual([one.size, one.sha256, two.name], [7, hashOf("arrived"), "b"]);
    assert.equal(heldFile(hashOf("arrived")), bytes);
    assert.throws(
      () => file("b.txt"),
      /file\("b\.txt"\) is called too late: call it at the top level of the test file/,
    );
  });

  test("the next run of the same code gets the files of that run", async () => {
    const id = newTest();
    useFiles(id, [{ path: "a", sha256: hashOf("1"), bytes: Buffer.from("1") }]);
    const opened = await openingFiles(id, null, async () => file("a"));
    useFiles(id, [{ path: "a", sha256: hashOf("two"), bytes: Buffer.from("two") }]);
    assert.deepEqual([opened.size, Buffer.from(opened.bytes()).toString()], [3, "two"]);
    useFiles(newTest(), []);
    assert.equal(heldFile(hashOf("two")), null, "files of other tests are released");
  });
});
