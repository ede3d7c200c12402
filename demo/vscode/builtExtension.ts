import path from 'node:path';
import { runProgram } from '../../test/vscode/host/processes';

export interface BuiltExtension {
  /** The package, as a user installs it. */
  readonly vsix: string;
  /** The command line that is in it. */
  readonly commandLine: string;
}

/** Packs the extension; everything lies in `folder` then. */
export async function buildExtension(folder: string): Promise<BuiltExtension> {
  const vsix = path.join(folder, 'shopmaster.vsix');
  const stage = path.join(folder, 'extension');
  const script = path.join(__dirname, '..', '..', 'packaging', 'package.mjs');
  await runProgram(process.execPath, [script, '--out', vsix, '--stage', stage]);
  return { vsix, commandLine: path.join(stage, 'dist', 'cli.js') };
}
