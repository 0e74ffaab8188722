/**
 * Checks the types of the page, and the rules in all files or, those of ESLint, in named ones.
 *
 * `oxlint` infers all types in a fraction of the time of `tsc`, so it has nearly all rules; ESLint
 * has those that need its plugins.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";

import { ESLint } from "eslint";

const names = process.argv.slice(2);
const oxlint = `${import.meta.dirname}/node_modules/oxlint/bin/oxlint`;
const options = { cwd: import.meta.dirname, stdio: "inherit" };
const ended = once(spawn(process.execPath, [oxlint], options), "exit");

const eslint = new ESLint({ cwd: import.meta.dirname });
const results = await eslint.lintFiles(names.length > 0 ? names : ["."]);
const formatter = await eslint.loadFormatter();
process.stdout.write(await formatter.format(results));

const complaints = results.reduce((sum, one) => sum + one.errorCount + one.warningCount, 0);
const [code] = await ended;
process.exitCode = complaints > 0 || code !== 0 ? 1 : 0;
