// SPDX-License-Identifier: EUPL-1.2
import js from "@eslint/js";

export default [
  { ignores: ["web/static/vendor/**"] },
  js.configs.recommended,
  {
    files: ["web/static/**/*.js"],
    languageOptions: { ecmaVersion: 2022, sourceType: "module" },
    rules: {
      "no-undef": "off", // tsc knows the browser's names, and every misspelt one
      "no-console": "error",
      "no-var": "error",
      "prefer-const": "error",
      eqeqeq: "error",
      "no-implicit-globals": "error",
      "no-eval": "error",
      "no-restricted-properties": ["error", { property: "innerHTML", message: "Text goes in as textContent." }],
      "max-lines": ["error", { max: 300, skipComments: true }],
    },
  },
];
