/**
 * All that host and panel say to each other. The panel asks, the host answers each request once; what the host does meanwhile
 * it tells as a whole new state. A password goes from the panel to the host when it is typed, and never the other way.
 */
import {
  all,
  anything,
  count,
  either,
  flag,
  is,
  list,
  nothing,
  oneOf,
  partial,
  record,
  type Shape,
  type ShapeOf,
  some,
  text,
} from './shapes';
import { wordKeys, type Words } from './wordKeys';

export const textFields = ['email', 'server', 'database', 'username', 'table', 'intervalSeconds'] as const;
export const switches = ['encrypt', 'trustServerCertificate', 'autoStart'] as const;
export const secretFields = ['digiblePassword', 'sqlPassword'] as const;
export const fieldNames = [...textFields, ...switches, 'authentication', ...secretFields] as const;
export type TextField = (typeof textFields)[number];
export type Switch = (typeof switches)[number];
export type SecretField = (typeof secretFields)[number];
export type FieldName = (typeof fieldNames)[number];

/** The form as it is filled in, passwords left out; numbers as they are typed. */
export interface FormValues extends Readonly<Record<TextField, string>>, Readonly<Record<Switch, boolean>> {
  readonly authentication: 'windows' | 'password';
}
export type ValueName = keyof FormValues;

const valueShapes: { readonly [Name in ValueName]: Shape<FormValues[Name]> } = {
  email: text,
  server: text,
  database: text,
  username: text,
  table: text,
  intervalSeconds: text,
  encrypt: flag,
  trustServerCertificate: flag,
  autoStart: flag,
  authentication: oneOf('windows', 'password'),
};
const formValues: Shape<FormValues> = record<FormValues>(valueShapes);
export const someFormValues: Shape<Partial<FormValues>> = partial<FormValues>(valueShapes);
export const valueNames = Object.keys(valueShapes) as readonly ValueName[];

export interface Draft {
  readonly values: FormValues;
  /** Passwords that were edited since the panel was last shown; an empty one takes back what was typed before. */
  readonly typed: Readonly<Partial<Record<SecretField, string>>>;
}
const draftKeys = { values: formValues, typed: some(secretFields, text) };
const draft: Shape<Draft> = record<Draft>(draftKeys);

export interface ConfigureDraft extends Draft {
  /** Throw away pending changes of a table configured before. */
  readonly discardPending: boolean;
}

/** What is wrong with a field, in a sentence; fields without a problem are left out. */
export type Problems = Readonly<Partial<Record<FieldName, string>>>;

export interface PanelError {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  /** One of the engine's remedies; empty where there is none. */
  readonly remedy: string;
}
const panelError: Shape<PanelError> = record<PanelError>({ code: text, message: text, hint: text, remedy: text });

export interface TableOffer {
  /** As it is written into the form. */
  readonly name: string;
  /** What it lacks, in words; empty where it fits. */
  readonly lacks: string;
}

export type Outcome =
  { readonly ok: true; readonly detail: string } | { readonly ok: false; readonly error: PanelError };
const outcome: Shape<Outcome> = either(
  record<Outcome & { ok: true }>({ ok: is(true), detail: text }),
  record<Outcome & { ok: false }>({ ok: is(false), error: panelError }),
);

/** Null while it is being tested. */
export interface TestState {
  readonly sqlServer: Outcome | null;
  readonly digible: Outcome | null;
}

export interface Plan {
  /** `dbo.Products` */
  readonly table: string;
  readonly steps: readonly string[];
  readonly warnings: readonly string[];
}
const plan: Shape<Plan> = record<Plan>({ table: text, steps: list(text), warnings: list(text) });

export type ConfigureState =
  | { readonly phase: 'planning'; readonly discardPending: boolean }
  /** Waits for the user's word. */
  | { readonly phase: 'planned'; readonly discardPending: boolean; readonly plan: Plan }
  /** `begun`: so many of the steps have begun; all but the last of them are done. */
  | { readonly phase: 'running'; readonly plan: Plan; readonly begun: number }
  | { readonly phase: 'done'; readonly plan: Plan }
  /** `plan` is null where not even that could be made. */
  | {
      readonly phase: 'failed';
      readonly discardPending: boolean;
      readonly plan: Plan | null;
      readonly error: PanelError;
    };
const configureState: Shape<ConfigureState> = either(
  either(
    record<ConfigureState & { phase: 'planning' }>({ phase: is('planning'), discardPending: flag }),
    record<ConfigureState & { phase: 'planned' }>({ phase: is('planned'), discardPending: flag, plan }),
  ),
  either(
    record<ConfigureState & { phase: 'running' }>({ phase: is('running'), plan, begun: count }),
    either(
      record<ConfigureState & { phase: 'done' }>({ phase: is('done'), plan }),
      record<ConfigureState & { phase: 'failed' }>({
        phase: is('failed'),
        discardPending: flag,
        plan: either(plan, nothing),
        error: panelError,
      }),
    ),
  ),
);

export type UploadState =
  /** `total` is 0 while it is not known. */
  | { readonly phase: 'running'; readonly done: number; readonly total: number }
  | { readonly phase: 'done' | 'cancelled'; readonly message: string }
  | { readonly phase: 'failed'; readonly error: PanelError };
const uploadState: Shape<UploadState> = either(
  record<UploadState & { phase: 'running' }>({ phase: is('running'), done: count, total: count }),
  either(
    record<UploadState & { phase: 'done' | 'cancelled' }>({ phase: oneOf('done', 'cancelled'), message: text }),
    record<UploadState & { phase: 'failed' }>({ phase: is('failed'), error: panelError }),
  ),
);

/** A setting that was edited elsewhere to something that can't be. */
export interface StoredProblem {
  /** As the settings editor shows it: `shopmaster.sync.intervalSeconds`. */
  readonly key: string;
  /** The field of the form that cures it; null where the form has none. */
  readonly field: ValueName | null;
  /** A sentence that names the key. */
  readonly message: string;
}

/** `typed`: the host keeps it until it is saved or the panel is closed. */
export type SecretState = 'missing' | 'stored' | 'typed';

export interface PanelState {
  /** The settings as they are stored; nonsense is there as its text. */
  readonly saved: FormValues;
  readonly secrets: Readonly<Record<SecretField, SecretState>>;
  readonly storedProblems: readonly StoredProblem[];
  /** A shop was configured before: what does not concern the database can be saved by itself. */
  readonly configured: boolean;
  readonly test: TestState | null;
  readonly configure: ConfigureState | null;
  readonly upload: UploadState | null;
  /** Whether everything is there to upload and to sync. */
  readonly ready: boolean;
  /** Syncs run by themselves. */
  readonly scheduled: boolean;
}

const panelState: Shape<PanelState> = record<PanelState>({
  saved: formValues,
  secrets: all(secretFields, oneOf('missing', 'stored', 'typed')),
  storedProblems: list(
    record<StoredProblem>({
      key: text,
      field: either(oneOf(...valueNames), nothing),
      message: text,
    }),
  ),
  configured: flag,
  test: either(record<TestState>({ sqlServer: either(outcome, nothing), digible: either(outcome, nothing) }), nothing),
  configure: either(configureState, nothing),
  upload: either(uploadState, nothing),
  ready: flag,
  scheduled: flag,
});

/** What the panel first asks for. */
export interface Opening {
  readonly words: Words;
  readonly state: PanelState;
}

/** What a request takes, what it is answered with, and how long the panel waits for that, ms. */
interface Method<Params, Result> {
  readonly params: Shape<Params>;
  readonly result: Shape<Result>;
  readonly timeoutMs: number;
}
const method = <Params, Result>(
  params: Shape<Params>,
  result: Shape<Result>,
  timeoutMs: number,
): Method<Params, Result> => ({
  params,
  result,
  timeoutMs,
});

const ownSetting: Shape<string> = (value): value is string =>
  typeof value === 'string' && /^(shopmaster(\.\w+)+)?$/.test(value);

const quick = 10_000;
/** Longer than a connection to SQL Server may take. */
const reaching = 60_000;

/**
 * Test Connection, plan, configure and upload are answered as soon as they have begun; how they go on, and their failures, are in
 * the state. So a panel that is hidden meanwhile misses nothing.
 */
export const methods = {
  open: method<null, Opening>(nothing, record<Opening>({ words: all(wordKeys, text), state: panelState }), quick),
  /** After each edit. */
  edit: method<Draft, Problems>(draft, some(fieldNames, text), quick),
  listTables: method<Draft, readonly TableOffer[]>(
    draft,
    list(record<TableOffer>({ name: text, lacks: text })),
    reaching,
  ),
  testConnection: method<Draft, null>(draft, nothing, quick),
  plan: method<ConfigureDraft, null>(record<ConfigureDraft>({ ...draftKeys, discardPending: flag }), nothing, quick),
  /** Does what the plan says that is shown. */
  configure: method<Draft, null>(draft, nothing, quick),
  dismissPlan: method<null, null>(nothing, nothing, quick),
  /** Without touching the database. A sync under way is waited for. */
  save: method<Draft, null>(draft, nothing, reaching),
  upload: method<null, null>(nothing, nothing, quick),
  cancelUpload: method<null, null>(nothing, nothing, quick),
  startSync: method<null, null>(nothing, nothing, reaching),
  /** VS Code's own Settings, at this key; empty: all of shopMaster's. */
  openSettings: method<string, null>(ownSetting, nothing, quick),
  showLog: method<null, null>(nothing, nothing, quick),
  /** The panel was sent something that it does not know. */
  reportUnknown: method<null, null>(nothing, nothing, quick),
} as const;

export type MethodName = keyof typeof methods;
export type Params<Name extends MethodName> = ShapeOf<(typeof methods)[Name]['params']>;
export type Result<Name extends MethodName> = ShapeOf<(typeof methods)[Name]['result']>;
export type { WordKey, Words } from './wordKeys';

/** From the panel; `id` is new with each request. */
export type Request = {
  readonly [Name in MethodName]: {
    readonly kind: 'request';
    readonly id: number;
    readonly method: Name;
    readonly params: Params<Name>;
  };
}[MethodName];

export type Answer =
  | { readonly kind: 'answer'; readonly id: number; readonly ok: true; readonly result: unknown }
  | { readonly kind: 'answer'; readonly id: number; readonly ok: false; readonly error: PanelError };

export type FromHost = Answer | { readonly kind: 'state'; readonly state: PanelState };

const envelope = record<{ kind: 'request'; id: number; method: MethodName; params: unknown }>({
  kind: is('request'),
  id: count,
  method: oneOf(...(Object.keys(methods) as MethodName[])),
  params: anything,
});

const fromHost: Shape<FromHost> = either(
  record<FromHost & { kind: 'state' }>({ kind: is('state'), state: panelState }),
  either(
    record<Answer & { ok: true }>({ kind: is('answer'), id: count, ok: is(true), result: anything }),
    record<Answer & { ok: false }>({ kind: is('answer'), id: count, ok: is(false), error: panelError }),
  ),
);

/** Null where the message is none of the panel's. */
export function readRequest(message: unknown): Request | null {
  if (!envelope(message) || !methods[message.method].params(message.params)) return null;
  return message as Request;
}

/** Null where the message is none of the host's. Whether an answer's result fits, only who asked can tell: `methods`. */
export function readFromHost(message: unknown): FromHost | null {
  return fromHost(message) ? message : null;
}
