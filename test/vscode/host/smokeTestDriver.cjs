// Loaded into code-server before its own code (node --require): opens the workbench's driver, through which a page can start extension
// tests and hear of their end. code-server 4.100 has no option of its own that reaches VS Code's.
const path = require('node:path');

const [, script = ''] = process.argv;
// The extension host and other children inherit --require and have no use for it.
if (path.basename(script, '.js') === 'entry') {
  const commandLine = require(path.join(path.dirname(script), 'cli.js'));
  const { toCodeArgs } = commandLine;
  commandLine.toCodeArgs = async (args) => ({ ...(await toCodeArgs(args)), 'enable-smoke-test-driver': true });
}
