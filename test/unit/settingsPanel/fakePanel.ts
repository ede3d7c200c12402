/** The panel's session with everything around it faked. */
import type { ConnectionTestResult } from '../../../src/connectionTest';
import type { ConfigureRequest } from '../../../src/databaseWork';
import type { Saving } from '../../../src/settings/saveTogether';
import { ShopError } from '../../../src/sync/errors';
import type { Log } from '../../../src/sync/ports';
import { defaults, type Secrets, type Settings } from '../../../src/sync/settings';
import type { ConfigurePlan, ConfigureStep } from '../../../src/sync/sqlserver/configurePlan';
import type { TableChoice } from '../../../src/sync/sqlserver/tableChoices';
import type { L10n } from '../../../src/l10n';
import type { PanelPorts } from '../../../src/views/settingsPanel/panelPorts';
import { PanelSession } from '../../../src/views/settingsPanel/panelSession';
import type { Draft, FormValues, PanelState } from '../../../src/views/settingsPanel/protocol';
import { formOf } from '../../../src/views/settingsPanel/storedForm';
import { hostSentences } from '../../../src/views/settingsPanel/words';

export const english: L10n = {
  t: (message, ...values) =>
    message.replace(/\{(\d)\}/g, (place, index: string) => String(values[Number(index)] ?? place)),
};

/** A promise that a test settles. */
export class Gate<T> {
  readonly promise: Promise<T>;
  resolve!: (value: T) => void;
  reject!: (failure: Error) => void;

  constructor() {
    this.promise = new Promise<T>((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}

/** Lets everything run that waits for nothing from outside. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export const completeSettings: Settings = {
  ...defaults,
  digible: { baseUrl: defaults.digible.baseUrl, email: 'owner@shop.example' },
  sqlServer: {
    server: 'localhost',
    database: 'Shop',
    table: 'dbo.Products',
    authentication: 'password',
    username: 'pos',
    encrypt: true,
    trustServerCertificate: false,
  },
};

export const filledIn: FormValues = {
  email: 'owner@shop.example',
  server: 'localhost',
  database: 'Shop',
  table: 'dbo.Products',
  authentication: 'password',
  username: 'pos',
  encrypt: true,
  trustServerCertificate: false,
  intervalSeconds: '120',
  autoStart: true,
};

export function draftOf(changes: Partial<FormValues> = {}, typed: Draft['typed'] = {}): Draft {
  return { values: { ...filledIn, ...changes }, typed };
}

export function planOf(...descriptions: readonly string[]): ConfigurePlan {
  return {
    table: { schema: 'dbo', name: 'Products' },
    steps: descriptions.map((description) => ({ kind: 'create trigger', description })),
    warnings: [],
    upToDate: descriptions.length === 0,
  };
}

export const wrongPassword = new ShopError('sql-login-failed', 'The login was refused.', 'Check the password.', {
  remedy: 'configure',
});

/** What a shop has stored, and what the panel had done with it. Each port does what its field says. */
export class FakeShop {
  settings: Record<string, unknown> = flat(completeSettings);
  secrets: Secrets = { digiblePassword: 'stored-d', sqlPassword: 'stored-s' };
  visible = true;
  readonly calls: string[] = [];
  readonly requests: ConfigureRequest[] = [];
  readonly told: string[][] = [];
  test: (onOutcome: (outcomes: Partial<ConnectionTestResult>) => void) => Promise<ConnectionTestResult> = () =>
    Promise.resolve({ sqlServer: { ok: true, detail: 'reached' }, digible: { ok: true, detail: 'signed in' } });
  tables = (): Promise<readonly TableChoice[]> => Promise.resolve([]);
  plan: (request: ConfigureRequest) => Promise<ConfigurePlan> = () => Promise.resolve(planOf('Create A.', 'Create B.'));
  configure = (onStep: (step: ConfigureStep) => void): Promise<ConfigurePlan> => {
    const plan = planOf('Create A.', 'Create B.');
    plan.steps.forEach(onStep);
    return Promise.resolve(plan);
  };
  saving = (): Promise<void> => Promise.resolve();
  upload = (): Promise<void> => Promise.resolve();
  startSync = (): Promise<void> => Promise.resolve();
  readonly signals: AbortSignal[] = [];

  readonly ports: PanelPorts = {
    readForm: () =>
      formOf((setting) => this.settings[setting], nested(this.settings), hostSentences(english).storedProblem),
    areSecretsSet: () =>
      Promise.resolve({
        digiblePassword: this.secrets.digiblePassword !== '',
        sqlPassword: this.secrets.sqlPassword !== '',
      }),
    testConnections: ({ settings, secrets }, onOutcome, signal) => {
      this.note('test', { settings, secrets, discardPending: false }, signal);
      return this.test(onOutcome);
    },
    listTables: (request, signal) => {
      this.note('listTables', request, signal);
      return this.tables();
    },
    plan: (request, signal) => {
      this.note('plan', request, signal);
      return this.plan(request);
    },
    configure: async (request, onStep) => {
      this.note('configure', request);
      const plan = await this.configure(onStep);
      this.store(request);
      return plan;
    },
    save: async (saving) => {
      this.calls.push('save');
      await this.saving();
      this.store(saving);
    },
    upload: () => {
      this.calls.push('upload');
      return this.upload();
    },
    cancelUpload: () => this.calls.push('cancelUpload'),
    startSync: () => {
      this.calls.push('startSync');
      return this.startSync();
    },
    openSettings: (key) => this.calls.push(`openSettings ${key}`),
    showLog: () => this.calls.push('showLog'),
    isVisible: () => this.visible,
    tell: (table, failure) => this.told.push([table, failure]),
  };

  private note(call: string, request: ConfigureRequest, signal?: AbortSignal): void {
    this.calls.push(call);
    this.requests.push(request);
    if (signal !== undefined) this.signals.push(signal);
  }

  private store({ settings, secrets: { digiblePassword = '', sqlPassword = '' }, autoStart }: Saving): void {
    Object.assign(this.settings, flat(settings), autoStart !== undefined && { 'sync.autoStart': autoStart });
    this.secrets = {
      digiblePassword: digiblePassword === '' ? this.secrets.digiblePassword : digiblePassword,
      sqlPassword: sqlPassword === '' ? this.secrets.sqlPassword : sqlPassword,
    };
  }
}

export class FakeLog implements Log {
  readonly lines: string[] = [];
  readonly debug = this.level('debug');
  readonly info = this.level('info');
  readonly warn = this.level('warn');
  readonly error = this.level('error');

  private level(name: string): Log['debug'] {
    return (message, details) => this.lines.push(`${name} ${message} ${JSON.stringify(details ?? {})}`);
  }
}

export interface FakePanel {
  readonly shop: FakeShop;
  readonly session: PanelSession;
  readonly log: FakeLog;
  /** Every state that the panel was told, in order. */
  readonly states: PanelState[];
}

/** A session that has read what is stored. */
export async function fakePanel(shop = new FakeShop()): Promise<FakePanel> {
  const states: PanelState[] = [];
  const log = new FakeLog();
  const session = new PanelSession(shop.ports, english, log, (state) => states.push(state));
  await session.refresh();
  return { shop, session, log, states };
}

function flat(settings: Settings): Record<string, unknown> {
  const entries = Object.entries(settings).flatMap(([section, values]) =>
    Object.entries(values as object).map(([key, value]) => [`${section}.${key}`, value as unknown]),
  );
  return { 'sync.autoStart': true, ...(Object.fromEntries(entries) as Record<string, unknown>) };
}

function nested(stored: Readonly<Record<string, unknown>>): Settings {
  const settings: Record<string, Record<string, unknown>> = {};
  for (const [name, value] of Object.entries(stored)) {
    const [section = '', key = ''] = name.split('.');
    if (name !== 'sync.autoStart') (settings[section] ??= {})[key] = value;
  }
  return settings as unknown as Settings;
}
