import assert from 'node:assert/strict';
import { commands, parseArguments } from '../../../src/cli/arguments';

describe('the arguments of the command line', () => {
  for (const command of commands) {
    it(`know the command ${command}, with shopmaster.json unless told otherwise`, () => {
      const parsed = parseArguments([command]);
      assert(parsed.ask === 'run');
      assert.deepEqual(
        { command: parsed.arguments.command, config: parsed.arguments.config, json: parsed.arguments.json },
        { command, config: 'shopmaster.json', json: false },
      );
    });
  }

  it('take options before and after the command', () => {
    const parsed = parseArguments(['--json', 'upload', '--resume', '--config', 'a b.json']);
    assert(parsed.ask === 'run');
    assert.equal(parsed.arguments.json, true);
    assert.equal(parsed.arguments.resume, true);
    assert.equal(parsed.arguments.config, 'a b.json');
  });

  it('give help when nothing is asked for, and a version', () => {
    assert.equal(parseArguments([]).ask, 'help');
    assert.equal(parseArguments(['--help']).ask, 'help');
    assert.equal(parseArguments(['sync', '-h']).ask, 'help');
    assert.equal(parseArguments(['--version']).ask, 'version');
  });

  for (const [what, argv, reason] of [
    ['an unknown command', ['synch'], /no command "synch"/],
    ['a missing command', ['--json'], /command is missing/],
    ['a second command', ['sync', 'upload'], /"upload" is one word too many/],
    ['an unknown option', ['sync', '--fast'], /^Unknown option '--fast'\.$/],
    ['an option without its value', ['sync', '--config'], /^Option '--config <value>' argument missing\.$/],
    ['an option in place of a value', ['sync', '--config', '--json'], /^Option '--config' argument is ambiguous\.$/],
    ['to queue what is no verify', ['sync', '--queue'], /--queue belongs to the command "verify"/],
    ['an option of another command', ['sync', '--resume'], /--resume belongs to the command "upload"/],
  ] as const) {
    it(`refuse ${what} with a reason`, () => {
      const parsed = parseArguments(argv);
      assert(parsed.ask === 'nothing sensible');
      assert.match(parsed.reason, reason);
    });
  }
});
