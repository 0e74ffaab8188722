import { readdirSync } from "node:fs";

import js from "@eslint/js";
import query from "@tanstack/eslint-plugin-query";
import { createTypeScriptImportResolver } from "eslint-import-resolver-typescript";
import { importX } from "eslint-plugin-import-x";
import a11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
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

export default tseslint.config(
  { ignores: ["node_modules", "public", "src/api/generated"] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  reactHooks.configs.flat.recommended,
  a11y.flatConfigs.strict,
  ...query.configs["flat/recommended"],
  {
    languageOptions: {
      parserOptions: { project: "tsconfig.json", tsconfigRootDir: import.meta.dirname },
    },
    plugins: { "import-x": importX },
    settings: { "import-x/resolver-next": [createTypeScriptImportResolver()] },
    rules: {
      "import-x/no-restricted-paths": ["error", { zones }],
      "import-x/no-cycle": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      // Event handlers of React may be async: what they throw is shown by the mutation.
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // The router throws redirects.
      "@typescript-eslint/only-throw-error": "off",
      "no-restricted-syntax": [
        "error",
        {
          selector:
            'JSXOpeningElement[name.name="img"]:has(JSXAttribute[name.name="src"] > JSXExpressionContainer):not(:has(JSXAttribute[name.name="ref"]))',
          message: "Give it ref={releaseImage}: a picture that leaves the page while it loads stays in memory.",
        },
      ],
      "max-lines": ["error", { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
  { files: ["*.js"], extends: [tseslint.configs.disableTypeChecked] },
);
