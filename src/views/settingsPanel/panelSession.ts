/** What the panel shows and does, whether it is there or not: it may be hidden, and closed in the middle of Configure. */
import type { Condition } from '../../condition';
import type { ConfigureRequest } from '../../databaseWork';
import { ShopError, toError } from '../../sync/errors';
import type { Log } from '../../sync/ports';
import type { RunResult } from '../../sync/runResult';
import type { Secrets } from '../../sync/settings';
import type { ConnectionTestResult, TestOutcome } from '../../connectionTest';
import type { L10n } from '../l10n';
import { uploadedWords } from '../runWords';
import { ConfigureWork } from './configureWork';
import { connectionFields, digibleFields, problemsOf, sameDatabase, settingsOf } from './formRules';
import type { PanelPorts } from './panelPorts';
import {
  type Draft,
  type FieldName,
  type FormValues,
  type Outcome,
  type PanelError,
  type PanelState,
  type Problems,
  type SecretField,
  secretFields,
  type SecretState,
  type TableOffer,
} from './protocol';
import { hostSentences } from './words';

const databaseFields: ReadonlySet<FieldName> = new Set<FieldName>([...connectionFields, 'table']);
const testedFields: ReadonlySet<FieldName> = new Set<FieldName>([...connectionFields, ...digibleFields]);

export class PanelSession {
  private readonly say;
  private readonly configureWork: ConfigureWork;
  /** Passwords typed into the panel that is open, until they are saved. */
  private readonly typed = new Map<SecretField, string>();
  /** The form as the panel last had it; null before the first edit. */
  private values: FormValues | null = null;
  private testing = new AbortController();
  private listing = new AbortController();
  private saving: Promise<void> | null = null;
  private uploadAsked = false;
  private current: PanelState;

  constructor(
    private readonly ports: PanelPorts,
    private readonly l10n: L10n,
    private readonly log: Log,
    private readonly onDidChange: (state: PanelState) => void,
  ) {
    this.say = hostSentences(l10n);
    this.configureWork = new ConfigureWork(
      ports,
      (caught) => this.errorOf(caught),
      () => this.show({ configure: this.configureWork.state }),
    );
    this.current = {
      ...this.stored(),
      secrets: { digiblePassword: 'missing', sqlPassword: 'missing' },
      test: null,
      configure: null,
      upload: null,
      ready: false,
      scheduled: false,
    };
  }

  get state(): PanelState {
    return this.current;
  }

  /** Reads settings and secrets anew. */
  async refresh(): Promise<void> {
    const isSet = await this.ports.areSecretsSet();
    const stateOf = (name: SecretField): SecretState =>
      this.typed.has(name) ? 'typed' : isSet[name] ? 'stored' : 'missing';
    this.show({
      ...this.stored(),
      secrets: { digiblePassword: stateOf('digiblePassword'), sqlPassword: stateOf('sqlPassword') },
    });
  }

  /** Takes the form as it is now, and says what is wrong with it. Results that it makes untrue go. */
  async edit({ values, typed }: Draft): Promise<Problems> {
    const before = this.values ?? this.current.saved;
    const changed = (Object.keys(values) as (keyof FormValues)[]).filter((field) => values[field] !== before[field]);
    const retyped = secretFields.filter(
      (name) => typed[name] !== undefined && typed[name] !== (this.typed.get(name) ?? ''),
    );
    this.values = values;
    for (const name of retyped) {
      const secret = typed[name] ?? '';
      if (secret === '') this.typed.delete(name);
      else this.typed.set(name, secret);
    }
    if ([...changed, ...retyped].some((field) => testedFields.has(field))) this.dismissTest();
    if ([...changed, ...retyped].some((field) => databaseFields.has(field))) this.configureWork.dismiss();
    if (retyped.length > 0) await this.refresh();
    return this.problems(values);
  }

  async listTables(draft: Draft): Promise<readonly TableOffer[]> {
    await this.edit(draft);
    this.listing.abort();
    this.listing = new AbortController();
    const tables = await this.ports.listTables(this.request(draft.values, false), this.listing.signal);
    return tables.map(({ name, missing }) => ({ name, lacks: this.say.lacks(missing) }));
  }

  /** A second one joins the first. */
  async testConnection(draft: Draft): Promise<void> {
    await this.edit(draft);
    const { test } = this.current;
    if (test !== null && (test.sqlServer === null || test.digible === null)) return;
    this.dismissTest();
    const { signal } = this.testing;
    this.show({ test: { sqlServer: null, digible: null } });
    const tell = (outcomes: Partial<ConnectionTestResult>): void => {
      const { test: shown } = this.current;
      if (signal.aborted || shown === null) return;
      const [sqlServer, digible] = [this.outcomeOf(outcomes.sqlServer), this.outcomeOf(outcomes.digible)];
      this.show({ test: { sqlServer: sqlServer ?? shown.sqlServer, digible: digible ?? shown.digible } });
    };
    this.inBackground(async () => {
      try {
        tell(await this.ports.testConnections(this.request(draft.values, false), tell, signal));
      } catch (caught) {
        if (signal.aborted) return;
        const error = this.errorOf(caught);
        this.show({ test: { sqlServer: { ok: false, error }, digible: { ok: false, error } } });
      }
    });
  }

  async plan(draft: Draft, discardPending: boolean): Promise<void> {
    await this.edit(draft);
    this.inBackground(async () => {
      await this.configureWork.plan(this.request(draft.values, discardPending), () => this.afterSaving(draft.values));
      this.tellUnseen();
    });
  }

  /** Does the plan that is shown; where none is, because the form has changed since, makes one first. */
  async configure(draft: Draft): Promise<void> {
    await this.edit(draft);
    const { state } = this.configureWork;
    if (state === null) {
      await this.plan(draft, false);
      return;
    }
    this.inBackground(async () => {
      if (this.configureWork.state?.phase !== 'planned') return;
      await this.configureWork.run(() => this.afterSaving(draft.values));
      this.tellUnseen();
    });
  }

  dismissPlan(): void {
    this.configureWork.dismiss();
  }

  /** Saves what does not concern the database. A second one joins the first. Rejects with a ShopError. */
  async save(draft: Draft): Promise<void> {
    await this.edit(draft);
    this.saving ??= this.saveNow(draft.values).finally(() => {
      this.saving = null;
    });
    return this.saving;
  }

  /** A second one joins the first. */
  upload(): void {
    if (this.current.upload?.phase === 'running') return;
    this.uploadAsked = true;
    this.show({ upload: { phase: 'running', done: 0, total: 0 } });
    this.inBackground(async () => {
      try {
        await this.ports.upload();
        if (this.current.upload?.phase === 'running') this.show({ upload: null });
      } catch (caught) {
        if (this.current.upload?.phase === 'running')
          this.show({ upload: { phase: 'failed', error: this.errorOf(caught) } });
      } finally {
        this.uploadAsked = false;
      }
    });
  }

  shopChanged(condition: Condition): void {
    const engine = condition.kind === 'ready' ? condition.engine : null;
    const { upload } = this.current;
    const progress = engine?.phase === 'uploading' ? engine.progress : null;
    const under = engine?.phase === 'uploading' || this.uploadAsked;
    this.show({
      ready: condition.kind === 'ready',
      scheduled: engine?.scheduled ?? false,
      upload: under
        ? { phase: 'running', done: progress?.done ?? 0, total: progress?.total ?? 0 }
        : upload?.phase === 'running'
          ? null
          : upload,
    });
  }

  runFinished({ trigger, report, error }: RunResult): void {
    if (trigger !== 'upload') return;
    this.uploadAsked = false;
    if (error !== null && error.code !== 'cancelled')
      this.show({ upload: { phase: 'failed', error: this.errorOf(error) } });
    else this.show({ upload: { phase: 'done', message: uploadedWords(report, this.l10n).text } });
  }

  /** The panel is closed: what was typed is forgotten, what only looks ends, what changes the database goes on. */
  close(): void {
    this.listing.abort();
    this.dismissTest();
    this.configureWork.dismiss();
    this.values = null;
    this.typed.clear();
    if (this.current.upload?.phase !== 'running') this.show({ upload: null });
  }

  errorOf(caught: unknown): PanelError {
    const error = toError(caught);
    if (error instanceof ShopError) {
      const { code, message, hint, remedy } = error;
      return { code, message, hint, remedy: remedy ?? '' };
    }
    this.log.error('the settings panel met something unexpected', { error: error.message });
    return {
      code: 'internal',
      message: this.say.unexpected(error.message),
      hint: this.say.unexpectedHint(),
      remedy: '',
    };
  }

  private problems(values: FormValues): Problems {
    return problemsOf(values, this.current.secrets, this.current.configured, this.say);
  }

  private stored(): Pick<PanelState, 'saved' | 'storedProblems' | 'configured'> {
    const { values, problems } = this.ports.readForm();
    const named = [values.email, values.server, values.database, values.table];
    return { saved: values, storedProblems: problems, configured: named.every((value) => value.trim() !== '') };
  }

  private request(values: FormValues, discardPending: boolean): ConfigureRequest {
    return {
      settings: settingsOf(values, this.ports.readForm().settings),
      secrets: this.typedSecrets(),
      discardPending,
    };
  }

  private typedSecrets(): Secrets {
    return {
      digiblePassword: this.typed.get('digiblePassword') ?? '',
      sqlPassword: this.typed.get('sqlPassword') ?? '',
    };
  }

  private async saveNow(values: FormValues): Promise<void> {
    const { saved, configured } = this.current;
    const [problem] = Object.values(this.problems(values));
    if (problem !== undefined || !configured || !sameDatabase(values, saved))
      throw new ShopError('settings-invalid', problem ?? this.say.notSavable(), this.say.notSavableHint());
    const { settings, secrets } = this.request(values, false);
    // Auto start alone is no reason to open the shop anew.
    if (this.typed.size > 0 || JSON.stringify(settings) !== JSON.stringify(this.ports.readForm().settings))
      await this.ports.save(settings, secrets);
    await this.afterSaving(values);
  }

  private async afterSaving(values: FormValues): Promise<void> {
    await this.ports.saveAutoStart(values.autoStart);
    this.typed.clear();
    await this.refresh();
  }

  private tellUnseen(): void {
    const { state } = this.configureWork;
    if (this.ports.isVisible() || (state?.phase !== 'done' && state?.phase !== 'failed')) return;
    this.ports.tell(state.plan?.table ?? '', state.phase === 'failed' ? state.error.message : '');
  }

  private dismissTest(): void {
    this.testing.abort();
    this.testing = new AbortController();
    if (this.current.test !== null) this.show({ test: null });
  }

  private outcomeOf(outcome: TestOutcome | undefined): Outcome | null {
    if (outcome === undefined) return null;
    return outcome.ok ? outcome : { ok: false, error: this.errorOf(outcome.error) };
  }

  private inBackground(work: () => Promise<void>): void {
    void work().catch((caught: unknown) => this.errorOf(caught));
  }

  private show(change: Partial<PanelState>): void {
    this.current = { ...this.current, ...change };
    this.onDidChange(this.current);
  }
}
