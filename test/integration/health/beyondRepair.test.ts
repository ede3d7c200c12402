import assert from 'node:assert/strict';
import { onShop } from '../acceptance/syncedShop';
import { TroubleWatch } from '../../../src/views/troubleWatch';
import { onRealServer } from '../shop';

const otherTrigger = 'CREATE TRIGGER dbo.Theirs ON dbo.Other AFTER INSERT AS SET NOCOUNT ON';

describe('What no repair cures', () => {
  if (!onRealServer)
    it(
      'is told by each sync, and to nobody as damage: nested triggers are off, where there are triggers of others',
      onShop({}, async (shop) => {
        await shop.configure();
        const option = (value: string) => shop.till.exec(`ALTER DATABASE CURRENT SET NESTED_TRIGGERS = ${value}`);
        await option('OFF');
        assert.deepEqual((await shop.sync()).captureProblems, [], 'no other trigger writes anything');
        await shop.till.exec('CREATE TABLE dbo.Other (n INT)');
        await shop.till.exec(otherTrigger);
        const report = await shop.sync();
        assert.deepEqual(
          report.captureProblems.map(({ kind }) => kind),
          ['nested triggers off'],
        );
        const { master } = shop.shop;
        assert.equal(new TroubleWatch().runFinished({ trigger: 'schedule', report, error: null }, master.state), null);
        await option('ON');
        assert.deepEqual((await shop.sync()).captureProblems, []);
      }),
    );
});
