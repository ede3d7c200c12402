/** The page at work: draws what the host tells and asks it for what the user wants. */
import {
  type Draft,
  type FieldName,
  type MethodName,
  type Opening,
  type PanelError,
  type PanelState,
  type Params,
  secretFields,
} from '../protocol';
import { actionsOf } from './actions';
import { ConfigureSection } from './configureSection';
import type { Cure } from './cures';
import { FailureBlock } from './failureBlock';
import { FormCheck } from './formCheck';
import { FormFields } from './formFields';
import { FormModel } from './formModel';
import { type HostLink, RequestFailure } from './hostLink';
import { control, Drawn, element, label, make, write, writeWords } from './page';
import { Pointer } from './pointer';
import { TablePicker } from './tablePicker';
import { TestSection } from './testSection';
import { UploadSection } from './uploadSection';
import type { View } from './view';

/** What outlives hiding the panel. */
export interface Store {
  read(): unknown;
  write(kept: unknown): void;
}

const connectionFields: readonly FieldName[] = ['server', 'database', 'authentication', 'username', 'sqlPassword'];
const sides: readonly (readonly FieldName[])[] = [['email', 'digiblePassword'], connectionFields];

export class SettingsPage {
  private state: PanelState;
  private readonly words;
  private readonly form: FormModel;
  private readonly fields: FormFields;
  private readonly tables: TablePicker;
  private readonly test: TestSection;
  private readonly configureSection: ConfigureSection;
  private readonly uploadSection: UploadSection;
  private readonly actionFailure: FailureBlock;
  private readonly storedProblems = new Drawn(element('storedProblems'));
  private readonly check: FormCheck;
  private readonly pointer = new Pointer(document);
  /** Asked for, and not begun yet. */
  private readonly pending = new Set<MethodName>();
  private failure: { readonly of: MethodName; readonly error: PanelError } | null = null;

  constructor(
    { words, state }: Opening,
    private readonly link: HostLink,
    private readonly store: Store,
  ) {
    this.words = words;
    this.state = state;
    this.form = new FormModel(state.saved);
    this.form.restore(store.read());
    this.check = new FormCheck(link, this.form, (failure) => {
      if (failure !== null) this.failure = { of: 'edit', error: failure };
      this.render();
    });
    writeWords(words);
    const heal = (again: () => void) => (cure: Cure) => this.heal(cure, again);
    this.fields = new FormFields(this.form, {
      onEdit: () => this.edited(),
      onLeave: (field) => {
        this.check.leave(field);
        this.render();
      },
      onEnter: (field) => this.entered(field),
    });
    this.tables = new TablePicker(
      {
        canAsk: () => connectionFields.every((field) => this.check.problems[field] === undefined),
        connection: () => this.connection(),
        ask: () => this.link.call('listTables', this.form.draft),
        choose: (table) => {
          this.form.edit('table', table);
          this.edited();
        },
      },
      () => this.words,
    );
    this.test = new TestSection(heal(() => this.testConnection()));
    this.configureSection = new ConfigureSection({
      onDo: () => this.whenRight((draft) => this.ask('configure', draft)),
      onAgain: (discardPending) => this.ask('plan', { ...this.form.draft, discardPending }),
      onDismiss: () => this.ask('dismissPlan', null),
      onUpload: () => this.ask('upload', null),
      heal: heal(() => this.configure()),
    });
    this.uploadSection = new UploadSection({
      onCancel: () => this.ask('cancelUpload', null),
      onStartSync: () => this.ask('startSync', null),
      heal: heal(() => this.ask(this.failure?.of === 'startSync' ? 'startSync' : 'upload', null)),
    });
    this.actionFailure = new FailureBlock(
      element('actionFailure'),
      'tryAgain',
      heal(() => this.askAgain()),
    );
    this.listen();
    this.check.look(state);
    this.render();
  }

  update(state: PanelState): void {
    const wasConfigured = this.state.configure?.phase === 'done';
    this.state = state;
    this.form.rebase(state.saved);
    if (state.configure?.phase === 'done' && !wasConfigured) this.saved();
    this.check.look(state);
    this.render();
  }

  /** To where the user begins: the first field that something is missing in. */
  async begin(): Promise<void> {
    await this.check.settled();
    const { problems } = this.check;
    this.fields.focusFirst(problems, Object.keys(problems) as FieldName[]);
  }

  private listen(): void {
    const on = (id: string, action: () => void): void => control(id).addEventListener('click', action);
    on('testConnection', () => this.testConnection());
    on('configure', () => this.configure());
    on('save', () => this.save());
    on('upload', () => this.ask('upload', null));
    on('moreSettings', () => this.ask('openSettings', ''));
    document.addEventListener('scrollend', () => this.keep());
  }

  private testConnection(): void {
    this.afterCheck(() => {
      const { problems } = this.check;
      this.check.leave(...sides.flat());
      this.render();
      const testable = sides.some((fields) => fields.every((field) => problems[field] === undefined));
      if (testable) this.ask('testConnection', this.form.draft);
      else this.fields.focusFirst(problems, sides.flat());
    });
  }

  private configure(): void {
    this.whenRight((draft) => this.ask('plan', { ...draft, discardPending: false }));
  }

  private save(): void {
    this.whenRight((draft) => this.ask('save', draft));
  }

  private entered(field: FieldName): void {
    if (field === 'intervalSeconds') {
      if (this.view().actions.save === true) this.save();
    } else if (control(field).localName === 'vscode-text-field' && this.view().actions.testConnection) {
      this.testConnection();
    }
  }

  /** With a form that has no problem; else shows them all, and goes to the first. */
  private whenRight(action: (draft: Draft) => void): void {
    this.afterCheck(() => {
      const { problems } = this.check;
      const wrong = Object.keys(problems) as FieldName[];
      if (wrong.length > 0) this.check.tellAll();
      this.render();
      if (!this.fields.focusFirst(problems, wrong)) action(this.form.draft);
    });
  }

  private afterCheck(action: () => void): void {
    void this.check.settled().then(action);
  }

  /** A failure is shown, so nobody needs to wait for it. */
  private ask<Name extends MethodName>(method: Name, params: Params<Name>): void {
    if (this.pending.has(method)) return;
    this.pending.add(method);
    this.failure = null;
    this.render();
    const asked: Promise<unknown> = this.link.call(method, params);
    asked
      .then(
        () => {
          if (method === 'save') this.saved();
        },
        (caught: unknown) => {
          if (!(caught instanceof RequestFailure)) throw caught;
          this.failure = { of: method, error: caught.error };
        },
      )
      .finally(() => {
        this.pending.delete(method);
        this.render();
      });
  }

  /** What did not go through. */
  private askAgain(): void {
    switch (this.failure?.of) {
      case 'edit':
        this.edited();
        return;
      case 'save':
        this.save();
        return;
      case 'plan':
      case 'configure':
        this.configure();
        return;
      case 'upload':
        this.ask('upload', null);
        return;
      default:
        this.testConnection();
    }
  }

  private heal(cure: Cure, again: () => void): void {
    switch (cure.kind) {
      case 'trust certificate':
        this.form.edit('trustServerCertificate', true);
        this.edited();
        again();
        return;
      case 'focus':
        this.fields.focus(cure.field);
        return;
      case 'again':
        again();
        return;
      case 'settings':
        this.ask('openSettings', cure.key);
        return;
      case 'log':
        this.ask('showLog', null);
        return;
      case 'start browser':
        return;
    }
  }

  private edited(): void {
    this.failure = null;
    this.keep();
    this.check.look(this.state);
    this.render();
  }

  /** What was typed is stored now. */
  private saved(): void {
    this.form.settle();
    this.form.forgetStored(this.state.secrets);
    this.check.forget();
    this.keep();
  }

  private keep(): void {
    this.store.write({ ...this.form.kept, scroll: document.documentElement.scrollTop });
  }

  private connection(): string {
    const { values } = this.form;
    const { server, database, authentication, username, encrypt, trustServerCertificate } = values;
    return JSON.stringify([
      [server, database, authentication, username, encrypt, trustServerCertificate],
      this.form.typedText('sqlPassword'),
    ]);
  }

  private view(): View {
    const { words, state, form } = this;
    const problems = this.check.told(state);
    const typed = secretFields.some((field) => form.typedText(field) !== '');
    const actions = actionsOf(state, {
      values: form.values,
      dirty: form.isDirty || typed || Object.values(state.secrets).includes('typed') || state.storedProblems.length > 0,
      saving: this.pending.has('save'),
      problems: Object.keys(problems).length > 0,
    });
    return { words, state, form, actions, problems };
  }

  private render(): void {
    // What moves away under the mouse button is not clicked.
    if (this.pointer.isDown) this.pointer.afterwards(() => this.render());
    else this.draw();
  }

  private draw(): void {
    const view = this.view();
    const { actions, words, state } = view;
    this.fields.render(view);
    this.tables.render(actions.form);
    this.test.render(view);
    this.configureSection.render(view);
    const { failure } = this;
    const startFailure = failure?.of === 'startSync' ? failure.error : null;
    this.uploadSection.render(view, this.pending.has('cancelUpload'), this.pending.has('startSync'), startFailure);
    this.actionFailure.render(startFailure === null ? (failure?.error ?? null) : null, view);

    control('testConnection').disabled = !actions.testConnection || this.pending.has('testConnection');
    control('configure').disabled = !actions.configure || this.pending.has('plan');
    element('save').hidden = actions.save === null;
    control('save').disabled = actions.save !== true;
    control('upload').disabled = !actions.upload || this.pending.has('upload');
    write(element('about'), words[actions.about]);
    const elsewhere = state.storedProblems.filter(({ field }) => field === null);
    this.storedProblems.draw(elsewhere, () => elsewhere.map(({ key, message }) => this.storedProblem(key, message)));
  }

  private storedProblem(key: string, message: string): HTMLElement {
    const made = make('div', '');
    const open = make('button', 'link');
    open.setAttribute('type', 'button');
    label(open, this.words.openSettings);
    open.addEventListener('click', () => this.ask('openSettings', key));
    made.append(message, ' ', open);
    return made;
  }
}
