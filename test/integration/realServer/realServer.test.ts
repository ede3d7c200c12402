import { onRealServer } from '../shop';
import { beyondRepair } from './beyondRepair';
import { anyServer, realServerOnly } from './realServerTests';
import { shopWrites } from './shopWrites';

const needReal = { ...realServerOnly, ...shopWrites, ...beyondRepair };

const needed = Object.keys(needReal).length + Object.keys(anyServer).length;

describe(onRealServer ? 'a real SQL Server' : 'the stand-in, in place of a real SQL Server', () => {
  for (const [name, test] of Object.entries(onRealServer ? { ...needReal, ...anyServer } : anyServer)) it(name, test);
});

if (!onRealServer)
  process.stdout.write(
    `${needed} tests need a real SQL Server, and ${Object.keys(anyServer).length} of them are run on the stand-in here. To run all: ` +
      'SHOPMASTER_TEST_SQLSERVER="Server=…;Database=…;User Id=…;Password=…;Encrypt=…" npm run test:integration\n',
  );
