import neostandard from 'neostandard'
import tseslint from 'typescript-eslint'

export default [
  { ignores: ['dist/**', 'coverage/**', 'src/protocol/pb/*.ts', 'node_modules/**'] },
  ...neostandard({ ts: true }),
  {
    files: ['**/*.ts'],
    plugins: { '@typescript-eslint': tseslint.plugin },
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@stylistic/space-before-function-paren': 'error',
      'no-void': ['error', { allowAsStatement: true }],
      // What was caught is passed on as it is.
      'prefer-promise-reject-errors': 'off'
    }
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/cli/**'],
    rules: { 'no-console': 'error' }
  },
  {
    // Time, chance and the outside enter as arguments (DESIGN: the simulation depends on it).
    files: ['src/**/*.ts'],
    ignores: ['src/runtime.ts', 'src/cli/**'],
    rules: {
      'no-restricted-properties': ['error',
        { object: 'Math', property: 'random', message: 'Take a Random.' },
        { object: 'Date', property: 'now', message: 'Take a Clock.' },
        { object: 'AbortSignal', property: 'timeout', message: 'Use deadline(clock, ms).' }
      ],
      'no-restricted-globals': ['error',
        { name: 'setTimeout', message: 'Take a Clock.' },
        { name: 'setInterval', message: 'Take a Clock.' }
      ]
    }
  }
]
