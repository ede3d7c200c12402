/** A history as lines that people can read. */
import type { Action, Command, History } from './commands';

export function historyLines({ circumstances, commands, healing }: History): readonly string[] {
  const { seed, ...drawn } = circumstances;
  return [`luck ${seed}; ${told(drawn)}`, ...commands.map(lineOf), `then all is well again (${told(healing)})`];
}

function lineOf({ pauseMs, action }: Command): string {
  return `${`+${pauseMs}`.padStart(7)} ms  ${actionLine(action)}`;
}

function actionLine(action: Action): string {
  switch (action.who) {
    case 'shop': {
      const statements = action.statements.map(({ does, key, other }) =>
        does === 'write many'
          ? `writes ${key} products`
          : `${does} p${key}${/keys?$/.test(does) ? ` and p${other}` : ''}`,
      );
      const time =
        action.gapMs + action.holdMs === 0 ? '' : ` (${action.gapMs} ms between, ends after ${action.holdMs} ms)`;
      return `the shop: ${statements.join(', ')}${time}${action.rollback ? ', rolled back' : ''}`;
    }
    case 'shop locks':
      return `a shop program locks: ${action.what}, for ${action.forMs} ms`;
    case 'user':
      return `window ${action.window + 1}, user: ${action.asks}${action.asks === 'discard' ? ` ${action.picks.join(', ')}` : ''}`;
    case 'window':
      return `window ${action.window + 1}: ${action.does}`;
    case 'kill':
      return `window ${action.window + 1} is killed after ${action.afterSteps} steps`;
    case 'SQL Server':
      return `SQL Server ${action.does}${action.does.startsWith('drops') ? ` session of window ${action.window + 1}` : ''}`;
    case 'Digible':
      return `Digible ${action.does}${/refuses|accepts|is /.test(action.does) ? ` p${action.key}` : ''}${action.does === 'takes few' ? `, ${1 + action.key} at once` : ''}`;
    case 'weather':
      return `the weather turns: ${action.turns}`;
  }
}

function told(values: object): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}
