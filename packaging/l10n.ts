// Writes l10n/bundle.l10n.json, which translations start from: docs/translating.md.
// usage: npm run l10n
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { sentencesIn } from './l10nSentences';

const root = path.join(__dirname, '..');
const file = path.join('l10n', 'bundle.l10n.json');
const { bundle, problems } = sentencesIn(root, 'src');
if (problems.length > 0) {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exitCode = 1;
} else {
  mkdirSync(path.join(root, 'l10n'), { recursive: true });
  writeFileSync(path.join(root, file), `${JSON.stringify(bundle, null, 2)}\n`);
  process.stdout.write(`${file}: ${Object.keys(bundle).length} sentences\n`);
}
