import tseslint from "typescript-eslint";

export default tseslint.config(
  {
    ignores: [
      "dist*/",
      "node_modules/",
      ".newstape/",
      "**/.venv*/",
      "schemas/generated/",
      "**/*.mjs",
      "**/*.cjs",
      "eslint.config.js",
    ],
  },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/require-await": "off",
      eqeqeq: "error",
    },
  },
  {
    // A file is read at one sitting, a function at one glance.
    files: ["**/*.ts"],
    rules: { "max-lines": ["error", 400] },
  },
  {
    files: ["schemas/**/*.ts", "operators/**/*.ts", "models/**/*.ts", "pipelines/**/*.ts"],
    rules: { "max-lines-per-function": ["error", 60] },
  },
  {
    // The environment is read once, in the configuration; nothing else may look at it.
    files: ["operators/**/*.ts", "schemas/**/*.ts", "models/**/*.ts", "pipelines/**/*.ts"],
    ignores: ["pipelines/runtime/config.ts"],
    rules: {
      "no-restricted-properties": [
        "error",
        { object: "process", property: "env", message: "Read configuration from pipelines/config.ts." },
      ],
    },
  },
  {
    // node:test's test() and describe() return promises that the runner awaits itself.
    files: ["test/**/*.ts"],
    rules: {
      "@typescript-eslint/no-floating-promises": [
        "error",
        {
          allowForKnownSafeCalls: [
            {
              from: "package",
              name: ["test", "describe", "it", "suite", "before", "after", "beforeEach", "afterEach"],
              package: "node:test",
            },
          ],
        },
      ],
    },
  },
);
