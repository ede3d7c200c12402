/**
 * The driver of SQL Server brings along the ways to sign in to Azure, which are more than the driver itself. No setting leads to them:
 * an empty module takes their place. @type {import('esbuild').Plugin}
 */
export const withoutAzure = {
  name: 'without Azure',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@azure\// }, ({ path: name }) => ({ path: name, namespace: 'left-out' }));
    onLoad({ filter: /^/, namespace: 'left-out' }, () => ({ contents: '' }));
  },
};
