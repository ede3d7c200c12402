/** Reads a command line. It is null where `--help` has printed the usage, or wrong usage a sentence and the usage, with exit code 2. */
export function optionsOrUsage<T>(read: () => T, usage: string): T | null {
  if (process.argv.includes('--help')) {
    process.stdout.write(`${usage}\n`);
    return null;
  }
  try {
    return read();
  } catch (failure) {
    process.stderr.write(`${failure instanceof Error ? failure.message : String(failure)}\n${usage}\n`);
    process.exitCode = 2;
    return null;
  }
}

/** A whole number from the command line, or an error that names the option. */
export function wholeNumber(option: string, text: string, highest = 999_999_999): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) > highest)
    throw new Error(`--${option} takes a whole number from 0 to ${highest}, not "${text}".`);
  return Number(text);
}
