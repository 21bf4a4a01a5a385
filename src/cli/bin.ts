#!/usr/bin/env node
import { inlineMore } from "./inline-more.js";
import { main } from "./main.js";

inlineMore();

// Whoever reads our output may stop early, as `head` does: that is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

await main(process.argv.slice(2));
