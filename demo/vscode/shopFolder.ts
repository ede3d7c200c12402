/** What the demo's VS Code starts with: the settings of the shop, and a guide in its folder. */
import type { World } from '../scenario/world';

/** Where Digible is must always be said: by default it is the real one. */
export function settings({ connection, digible }: World, fresh: boolean): Readonly<Record<string, unknown>> {
  const always = {
    'workbench.startupEditor': 'readme',
    'shopmaster.digible.baseUrl': digible.baseUrl,
    'shopmaster.sync.intervalSeconds': 10,
  };
  if (fresh) return always;
  return {
    ...always,
    'shopmaster.digible.email': digible.email,
    'shopmaster.sqlServer.server': connection.server,
    'shopmaster.sqlServer.database': connection.database,
    'shopmaster.sqlServer.table': connection.table,
    'shopmaster.sqlServer.username': connection.username,
    'shopmaster.sqlServer.trustServerCertificate': true,
  };
}

/** Markdown. */
export function guide({ connection, digible }: World, fresh: boolean): string {
  const catalogue = `The catalogue in the cloud is at <${digible.baseUrl}>.`;
  if (!fresh)
    return `# The demo shop

Its point-of-sale program writes to the product table every few seconds. Choose shopMaster, the awning in the activity bar, and see
the changes come and go: every 10 seconds they are sent. ${catalogue}
`;
  return `# The demo shop

Nothing is configured yet. Choose shopMaster, the awning in the activity bar, and then **Configure**.

| field            | value                      |
| ---------------- | -------------------------- |
| Digible Email    | \`${digible.email}\`       |
| Digible Password | \`${digible.password}\`    |
| Server Name      | \`${connection.server}\`   |
| Database Name    | \`${connection.database}\` |
| Local Table Name | \`${connection.table}\`    |
| Username         | \`${connection.username}\` |
| Password         | \`${connection.password}\` |

${catalogue}
`;
}
