#!/usr/bin/env node
// The `code` executable for @vscode/test-electron where there is no desktop VS Code.
require('tsx/cjs');
require('./testHost.ts');
