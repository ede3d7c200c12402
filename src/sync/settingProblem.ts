/** Why something is no setting, or no value for one. */
export type SettingProblem =
  /** A group of settings was expected. */
  | { readonly kind: 'not an object' }
  /** There is no such setting; `known`: those that are there, `isSecret`: it looks like a password. */
  | { readonly kind: 'unknown'; readonly known: readonly string[]; readonly isSecret: boolean }
  | { readonly kind: 'missing' }
  | { readonly kind: 'empty' }
  /** Signing in with a password needs it. */
  | { readonly kind: 'needed with a password' }
  /** Neither true nor false. */
  | { readonly kind: 'not a switch' }
  | { readonly kind: 'not a text' }
  | { readonly kind: 'not whole'; readonly minimum: number; readonly maximum: number }
  | { readonly kind: 'not among'; readonly choices: readonly string[] };

/** As the end of a sentence that begins with the setting's name; in English, for the command line and the log. */
export function reasonOf(problem: SettingProblem): string {
  switch (problem.kind) {
    case 'not an object':
      return 'must be a JSON object.';
    case 'unknown': {
      const advice = problem.isSecret ? ' Passwords come from the environment, never from this file.' : '';
      return `is not a setting. There are: ${problem.known.join(', ')}.${advice}`;
    }
    case 'missing':
      return 'is missing.';
    case 'empty':
      return 'is empty.';
    case 'needed with a password':
      return 'is needed where authentication is "password".';
    case 'not a switch':
      return 'must be true or false.';
    case 'not a text':
      return 'must be a text in quotes.';
    case 'not whole':
      return `must be a whole number from ${problem.minimum} to ${problem.maximum}.`;
    case 'not among':
      return `must be ${problem.choices.map((choice) => `"${choice}"`).join(' or ')}.`;
  }
}
