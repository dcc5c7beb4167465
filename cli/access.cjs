#!/usr/bin/env node
/** The program `access`: loads TypeScript, then the command. */
require("./typescript.cjs");
require("./program.ts").main(process.argv.slice(2));
