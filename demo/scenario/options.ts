/** A whole number from the command line, or an error that names the option. */
export function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${option} takes a whole number, not "${text}".`);
  return Number(text);
}
