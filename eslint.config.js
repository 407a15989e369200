import js from '@eslint/js';
import globals from 'globals';

// Only globals that Node and the Workers runtime share; a file that needs more imports it.
const shared = globals['shared-node-browser'];

export default [
  {
    ignores: [
      'build/',
      '.wrangler/',
      'tests/fixtures/',
      'worker/assets/page/marked.js',
      'examples/ai-sdk/public/page.js',
      'tests/build/platforms/*/',
      'bindings/core/abi.js',
      'bindings/backends/kv-facts.js',
    ],
  },
  js.configs.recommended,
  {
    languageOptions: { globals: shared },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-throw-literal': 'error',
      'no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: ['bindings/**', 'worker/**'],
    rules: { 'max-lines': ['error', 450], 'no-console': 'error' },
  },
  {
    files: ['worker/assets/**', 'examples/*/page.js'],
    languageOptions: { globals: globals.browser },
  },
  {
    files: ['bindings/cli/**', 'tools/**', 'tests/**', 'examples/**/*.mjs', '*.config.js'],
    languageOptions: { globals: globals.node },
  },
];
