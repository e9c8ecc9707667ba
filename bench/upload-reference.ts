// A reference of bench/upload.ts, in a process of its own: users who upload a file as those of k6 do, each with a copy of it (`open()` runs once
// for each user), here by undici. Arguments: URL, file, users. Prints its peak resident memory in bytes.

import { readFile } from "node:fs/promises";
import process from "node:process";
import { Client } from "undici";

const [url = "", file = "", users = "1"] = process.argv.slice(2);
const copies = await Promise.all(Array.from({ length: Number(users) }, () => readFile(file)));
const statuses = await Promise.all(
  copies.map(async (body) => {
    const client = new Client(url, { headersTimeout: 0, bodyTimeout: 0 });
    const { statusCode, body: answer } = await client.request({ method: "PUT", path: "/film", body });
    await answer.dump();
    await client.close();
    return statusCode;
  }),
);
if (statuses.some((status) => status !== 200)) throw new Error("an upload failed");
// In kilobytes, whatever the system.
console.log(process.resourceUsage().maxRSS * 1_024);
