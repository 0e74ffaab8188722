import { readdirSync } from "node:fs";

import js from "@eslint/js";
import query from "@tanstack/eslint-plugin-query";
import { createTypeScriptImportResolver } from "eslint-import-resolver-typescript";
import { importX } from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

const features = readdirSync(`${import.meta.dirname}/src/features`);

/** Imports point down: app → features → components/ui, lib, api; no feature knows another. */
const zones = [
  ...features.map((name) => ({
    target: `./src/features/${name}`,
    from: "./src/features",
    except: [`./${name}`],
    message: "A feature knows no other feature: put what they share into components/ui, lib or api.",
  })),
  { target: "./src/features", from: "./src/app", message: "Features do not know the app." },
  {
    target: ["./src/components", "./src/lib", "./src/api"],
    from: ["./src/features", "./src/app"],
    message: "What is shared knows neither features nor the app.",
  },
  { target: "./src/api", from: ["./src/components", "./src/lib"], message: "api knows only HTTP." },
  { target: "./src/lib", from: "./src/components", message: "lib draws nothing." },
];

/** The rules that `.oxlintrc.json` cannot have; those there take a fifth of the time. */
export default tseslint.config(
  { ignores: ["node_modules", "public", "src/api/generated"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  { files: ["*.js"], extends: [js.configs.recommended] }, // types prove the same in the others
  tseslint.configs.base,
  ...query.configs["flat/recommended"],
  {
    files: ["**/*.{ts,tsx,js}"],
    plugins: { "import-x": importX },
    settings: { "import-x/resolver-next": [createTypeScriptImportResolver()] },
    rules: {
      "import-x/no-restricted-paths": ["error", { zones }],
      "no-restricted-syntax": [
        "error",
        {
          selector:
            'JSXOpeningElement[name.name="img"]:has(JSXAttribute[name.name="src"] > JSXExpressionContainer):not(:has(JSXAttribute[name.name="ref"]))',
          message: "Give it ref={releaseImage}: a picture that leaves the page while it loads stays in memory.",
        },
        {
          selector: 'VariableDeclarator[init.callee.name=/^use[A-Z]/] > ObjectPattern > RestElement',
          message: "Name what you use of it: the rest of a query's result reads all of it, and draws at each change.",
        },
        {
          selector:
            'Property[key.name="queryFn"] > :function[body.type="BlockStatement"]:not(:has(ReturnStatement))',
          message: "A query that answers undefined fails.",
        },
        {
          // Then TypeScript refuses objects that merely look like an instance.
          selector:
            "ClassDeclaration > ClassBody:not(:has(PropertyDefinition > PrivateIdentifier)):not(:has([accessibility=/private|protected/]))",
          message: "Give it a private or protected member, so that only its instances have its type.",
        },
      ],
    },
  },
);
