/// <reference types="vitest/config" />
import { fileURLToPath } from "node:url";

import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

import { mantineStyles } from "./build/mantineStyles.ts";
import { precompress } from "./build/precompress.ts";
import { serviceWorker } from "./build/serviceWorker.ts";
import { shell } from "./build/shell.ts";

/** The address of a running server for `npm run dev`. */
const server = process.env["STOAT_SERVER"] ?? "http://127.0.0.1:8765";

export default defineConfig({
  plugins: [react(), mantineStyles(), shell(), serviceWorker(), precompress()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: "../src/stoat_ferret/api/static",
    emptyOutDir: true,
    // Inlined files would need data: addresses in the content security policy.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 720, // kB; a browser test limits what a first visit loads
    modulePreload: { polyfill: false }, // for browsers older than those it is built for
    rolldownOptions: {
      output: {
        // By default it makes a chunk for each set of importers: the first page
        // had thirty, most below 1 kB, and each one costs a request.
        codeSplitting: {
          groups: [
            { name: "start", tags: ["$initial"], priority: 2 },
            // Every visit loads them just after the start, which waits for nothing that others share.
            { name: "notices", test: /@mantine\/notifications|react-transition-group|Notification/, priority: 1 },
            { name: "shared", minShareCount: 2 },
          ],
        },
      },
    },
  },
  server: { proxy: { "/api": server, "/health": server, "/metrics": server } },
  test: {
    environment: "jsdom",
    setupFiles: ["src/test/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    // A new document per file would take six times as long as the tests; `setup.ts` clears this one.
    isolate: false,
    testTimeout: 30_000, // on a busy machine; no test waits for long
  },
});
