import type { Plugin } from 'esbuild';

export const withoutAzure: Plugin;
