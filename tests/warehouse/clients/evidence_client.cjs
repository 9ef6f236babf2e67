// What Evidence's connector reads of the published file.
const { basename, dirname } = require("path");
const { getRunner } = require("@evidence-dev/duckdb");

async function read(published, joined) {
    const folder = dirname(published);
    const run = await getRunner({ filename: basename(published) }, folder);
    const found = await run(joined, "joined.sql", folder);
    const rows = [];
    for await (const batch of found.rows()) rows.push(...batch);
    return { joined: rows.map(Object.values) };
}

read(process.argv[2], process.argv[4]).then((answers) => console.log(JSON.stringify(answers)));
