// Loaded into code-server before its own code (node --require): ends it together with whoever started it, however that one ended.
const { rmSync } = require('node:fs');
const path = require('node:path');

const [, script = ''] = process.argv;
// Of code-server's two processes the outer one, which leads their group; the extension host and others inherit --require as well.
if (path.basename(script, '.js') === 'entry' && process.env.CODE_SERVER_PARENT_PID === undefined)
  process.stdin.resume().once('close', () => {
    rmSync(process.env.HOME, { recursive: true, force: true });
    process.kill(-process.pid, 'SIGKILL');
  });
