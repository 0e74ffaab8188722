/**
 * Checks the types of the page, and the rules in all files or in those that are named.
 *
 * `tsc` and `eslint` would each read all files and infer all types; here they share one program.
 */
import process from "node:process";

import { createProgram } from "@typescript-eslint/parser";
import { ESLint } from "eslint";
import ts from "typescript";

const names = process.argv.slice(2);
const program = createProgram("tsconfig.json", import.meta.dirname);

const diagnostics = ts.getPreEmitDiagnostics(program);
if (diagnostics.length > 0) {
  const host = {
    getCanonicalFileName: (/** @type {string} */ name) => name,
    getCurrentDirectory: () => import.meta.dirname,
    getNewLine: () => "\n",
  };
  process.stdout.write(ts.formatDiagnosticsWithColorAndContext(diagnostics, host));
}

const eslint = new ESLint({
  cwd: import.meta.dirname,
  overrideConfig: {
    files: ["**/*.{ts,tsx}"], // the program has no others
    languageOptions: { parserOptions: { project: null, programs: [program] } },
  },
});
const results = await eslint.lintFiles(names.length > 0 ? names : ["."]);
const formatter = await eslint.loadFormatter();
process.stdout.write(await formatter.format(results));

const complaints = results.reduce((sum, one) => sum + one.errorCount + one.warningCount, 0);
process.exitCode = diagnostics.length + complaints > 0 ? 1 : 0;
