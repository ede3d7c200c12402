/** What the panel shows and does, whether it is there or not: it may be hidden, and closed in the middle of Configure. */
import type { Condition } from '../../condition';
import type { ConfigureRequest } from '../../databaseWork';
import { ShopError, toError } from '../../sync/errors';
import type { Log } from '../../sync/ports';
import type { RunResult } from '../../sync/runResult';
import type { Secrets } from '../../sync/settings';
import type { L10n } from '../../l10n';
import { ConfigureWork } from './configureWork';
import { connectionFields, digibleFields, problemsOf, sameDatabase, settingsOf } from './formRules';
import type { PanelPorts } from './panelPorts';
import {
  type Draft,
  type FieldName,
  type FormValues,
  type PanelError,
  type PanelState,
  type Problems,
  type SecretField,
  secretFields,
  type SecretState,
  type TableOffer,
} from './protocol';
import { TestWork } from './testWork';
import { UploadWork } from './uploadWork';
import { hostSentences } from './words';

const databaseFields: ReadonlySet<FieldName> = new Set<FieldName>([...connectionFields, 'table']);
const testedFields: ReadonlySet<FieldName> = new Set<FieldName>([...connectionFields, ...digibleFields]);

export class PanelSession {
  private readonly say;
  private readonly testWork: TestWork;
  private readonly configureWork: ConfigureWork;
  private readonly uploadWork: UploadWork;
  /** Passwords typed into the panel that is open, until they are saved. */
  readonly #typed = new Map<SecretField, string>();
  /** The form as the panel last had it; null before the first edit. */
  private values: FormValues | null = null;
  private listing = new AbortController();
  private saving: Promise<void> | null = null;
  private current: PanelState;

  constructor(
    private readonly ports: PanelPorts,
    l10n: L10n,
    private readonly log: Log,
    private readonly onDidChange: (state: PanelState) => void,
  ) {
    this.say = hostSentences(l10n);
    const describe = (caught: unknown): PanelError => this.errorOf(caught);
    this.testWork = new TestWork(ports, describe, () => this.show({ test: this.testWork.state }));
    this.configureWork = new ConfigureWork(ports, describe, () => this.show({ configure: this.configureWork.state }));
    this.uploadWork = new UploadWork(ports, l10n, describe, () => this.show({ upload: this.uploadWork.state }));
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
      this.#typed.has(name) ? 'typed' : isSet[name] ? 'stored' : 'missing';
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
      (name) => typed[name] !== undefined && typed[name] !== (this.#typed.get(name) ?? ''),
    );
    this.values = values;
    for (const name of retyped) {
      const secret = typed[name] ?? '';
      if (secret === '') this.#typed.delete(name);
      else this.#typed.set(name, secret);
    }
    if ([...changed, ...retyped].some((field) => testedFields.has(field))) this.testWork.dismiss();
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

  async testConnection(draft: Draft): Promise<void> {
    await this.edit(draft);
    this.inBackground(() => this.testWork.run(this.request(draft.values, false)));
  }

  async plan(draft: Draft, discardPending: boolean): Promise<void> {
    await this.edit(draft);
    this.inBackground(async () => {
      await this.configureWork.plan(this.request(draft.values, discardPending), () => this.afterSaving());
      this.tellUnseen();
    });
  }

  /**
   * Does the plan that is shown, with the form as it is now; where none is, because what it was made for has changed since, makes one
   * first. Rejects with a ShopError where something is wrong with the form.
   */
  async configure(draft: Draft): Promise<void> {
    const [problem] = Object.values(await this.edit(draft));
    if (problem !== undefined) throw new ShopError('settings-invalid', problem, this.say.notSavableHint());
    const { state } = this.configureWork;
    if (state === null) {
      await this.plan(draft, false);
      return;
    }
    this.inBackground(async () => {
      if (state.phase !== 'planned') return;
      await this.configureWork.run(this.request(draft.values, state.discardPending), () => this.afterSaving());
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

  upload(): void {
    this.inBackground(() => this.uploadWork.run());
  }

  shopChanged(condition: Condition): void {
    const engine = condition.kind === 'ready' ? condition.engine : null;
    this.show({ ready: engine !== null, scheduled: engine?.scheduled ?? false });
    this.uploadWork.engineChanged(engine);
  }

  runFinished(result: RunResult): void {
    this.uploadWork.runFinished(result);
  }

  /** The panel is closed: what was typed is forgotten, what only looks ends, what changes the database goes on. */
  close(): void {
    this.listing.abort();
    this.testWork.dismiss();
    this.configureWork.dismiss();
    this.uploadWork.dismiss();
    this.values = null;
    this.#typed.clear();
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
      autoStart: values.autoStart,
      discardPending,
    };
  }

  private typedSecrets(): Secrets {
    return {
      digiblePassword: this.#typed.get('digiblePassword') ?? '',
      sqlPassword: this.#typed.get('sqlPassword') ?? '',
    };
  }

  private async saveNow(values: FormValues): Promise<void> {
    const { saved, configured } = this.current;
    const [problem] = Object.values(this.problems(values));
    if (problem !== undefined || !configured || !sameDatabase(values, saved))
      throw new ShopError('settings-invalid', problem ?? this.say.notSavable(), this.say.notSavableHint());
    await this.ports.save(this.request(values, false));
    await this.afterSaving();
  }

  private async afterSaving(): Promise<void> {
    this.#typed.clear();
    await this.refresh();
  }

  private tellUnseen(): void {
    const { state } = this.configureWork;
    if (this.ports.isVisible() || (state?.phase !== 'done' && state?.phase !== 'failed')) return;
    this.ports.tell(state.plan?.table ?? '', state.phase === 'failed' ? state.error.message : '');
  }

  private inBackground(work: () => Promise<void>): void {
    void work().catch((caught: unknown) => this.errorOf(caught));
  }

  private show(change: Partial<PanelState>): void {
    this.current = { ...this.current, ...change };
    this.onDidChange(this.current);
  }
}
