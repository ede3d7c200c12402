import tseslint from 'typescript-eslint';

/** Where each package may be imported, besides the folders' own boundaries. */
const noVscode = { regex: '^vscode$', message: 'The engine and the command line run without VS Code.' };
const noMssql = { regex: '^(mssql|tedious)(/|$)', message: 'Only src/sync/sqlserver talks to SQL Server.' };
const noFetch = { regex: '^node-fetch$', message: 'Only src/sync/digible talks to Digible.' };
const outward = {
  regex: '/(views|settings|demo|cli)/|/(extension|commands|cli)$',
  message: 'The engine knows no user interface.',
};
const noSqlOrHttp = {
  regex: '/sync/(sqlserver|digible)/',
  allowTypeImports: true,
  message: 'No view talks to SQL Server or Digible by itself.',
};
const noBrowser = { regex: '/webview/', message: 'What runs in the panel is a bundle of its own.' };
const webviewOnly = {
  regex: '^(vscode|node:.*)$|/sync/|/(currentShop|runs|databaseWork)$',
  allowTypeImports: true,
  message: 'In the panel there are only the browser and the protocol.',
};
const noDemo = { regex: '/demo/', message: 'The demo never ships.' };

/** Refuses packages and folders however they are imported: statically, by import() or by require(). */
const restrict = (...patterns) => ({
  'no-restricted-imports': ['error', { patterns }],
  'no-restricted-syntax': [
    'error',
    ...patterns.flatMap(({ regex, message }) => {
      const named = `Literal[value=/${regex.replaceAll('/', '\\x2F')}/]`;
      return [
        { selector: `ImportExpression > ${named}`, message },
        { selector: `CallExpression[callee.name='require'] > ${named}`, message },
      ];
    }),
  ],
});

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.vscode-test/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      'max-lines': ['error', { max: 350, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  { files: ['src/**/*.ts'], rules: restrict(noMssql, noFetch, noDemo, noSqlOrHttp, noBrowser) },
  { files: ['src/views/settingsPanel/webview/**/*.ts'], rules: restrict(noMssql, noFetch, noDemo, webviewOnly) },
  { files: ['src/cli.ts', 'src/cli/**/*.ts'], rules: restrict(noVscode, noMssql, noFetch, noDemo) },
  { files: ['src/sync/**/*.ts'], rules: restrict(noVscode, noMssql, noFetch, outward) },
  { files: ['src/sync/sqlserver/**/*.ts'], rules: restrict(noVscode, noFetch, outward) },
  { files: ['src/sync/digible/**/*.ts'], rules: restrict(noVscode, noMssql, outward) },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
    },
  },
);
