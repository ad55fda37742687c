// Odoo core's style (web/tooling/_eslintrc.json), and stricter on size and complexity.
import js from "@eslint/js";
import globals from "globals";

const TESTS = ["**/static/tests/**/*.js"];

export default [
    { ignores: ["node_modules/"] },
    js.configs.recommended,
    {
        files: ["**/static/**/*.js"],
        languageOptions: {
            ecmaVersion: "latest",
            sourceType: "module",
            globals: { ...globals.browser, odoo: "readonly", luxon: "readonly" },
        },
        linterOptions: { reportUnusedDisableDirectives: "error" },
        rules: {
            "arrow-body-style": ["error", "as-needed"],
            complexity: ["error", 10],
            curly: ["error", "all"],
            eqeqeq: ["error", "smart"],
            "max-lines-per-function": ["error", 70],
            "no-duplicate-imports": "error",
            "no-restricted-globals": ["error", "event", "self"],
            "no-restricted-syntax": ["error", "PrivateIdentifier"],
            "no-unused-vars": ["error", { args: "none", ignoreRestSiblings: true }],
            "no-var": "error",
            "prefer-const": ["error", { destructuring: "all", ignoreReadBeforeAssign: true }],
        },
    },
    {
        // a describe() or a list of tour steps is a table, not a function that does much
        files: TESTS,
        rules: { "max-lines-per-function": "off" },
    },
    {
        files: ["*.mjs", "tools/**/*.js", "tools/**/*.mjs"],
        languageOptions: { globals: globals.node },
    },
];
