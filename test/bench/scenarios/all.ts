import { activation } from './activation';
import { packageSizes } from './package';
import type { Scenario } from './scenario';
import { shopWrites } from './shopWrites';
import { syncCoalesced, syncNew, syncPrices, syncSingle } from './syncs';
import { upload, uploadBig } from './uploads';
import { idle, oneChange, tree } from './watching';

export const scenarios: readonly Scenario[] = [
  syncNew,
  syncPrices,
  syncSingle,
  syncCoalesced,
  upload,
  uploadBig,
  tree,
  idle,
  oneChange,
  shopWrites,
  activation,
  packageSizes,
];
