/** Offers the tables of the database below the field they are chosen for; anything else can be typed there as well. */
import type { PanelError, TableOffer, Words } from '../protocol';
import { RequestFailure } from './hostLink';
import { control, element, make, name, write } from './page';

export interface TableSource {
  /** Whether server, database and sign-in are filled in; without them nothing can be asked. */
  canAsk(): boolean;
  /** What the tables depend on. */
  connection(): string;
  ask(): Promise<readonly TableOffer[]>;
  choose(table: string): void;
}

type Found =
  | { readonly kind: 'asking' }
  | { readonly kind: 'tables'; readonly tables: readonly TableOffer[] }
  | { readonly kind: 'failed'; readonly error: PanelError };

export class TablePicker {
  private readonly field = control('table');
  private readonly button = control('showTables');
  private readonly popup = element('tableList');
  private readonly options = element('tableOptions');
  private found: Found = { kind: 'asking' };
  private askedFor: string | null = null;
  /** Only tables whose names hold what is typed; not where the field was just entered. */
  private filtering = false;

  constructor(
    private readonly source: TableSource,
    private readonly words: () => Words,
  ) {
    const picker = element('tablePicker');
    this.field.addEventListener('focusin', () => this.open(false));
    this.field.addEventListener('input', () => this.open(true));
    this.button.addEventListener('click', () => {
      if (this.popup.hidden) this.lookAgain();
      else this.close();
    });
    picker.addEventListener('focusout', ({ relatedTarget }) => {
      if (!(relatedTarget instanceof Node && picker.contains(relatedTarget))) this.close();
    });
    picker.addEventListener('keydown', (event) => {
      if (this.handle(event.key)) event.preventDefault();
    });
    // The field keeps the focus while something is chosen with the mouse.
    this.popup.addEventListener('mousedown', (event) => event.preventDefault());
  }

  render(enabled: boolean): void {
    name(this.button, this.words().showTables);
    this.button.title = this.words().showTables;
    this.button.disabled = !enabled;
    if (!enabled) this.close();
  }

  private open(filtering: boolean): void {
    if (this.field.disabled) return;
    this.filtering = filtering;
    this.popup.hidden = false;
    if (!this.source.canAsk()) this.draw(this.words().tablesNeed, []);
    else void this.ask();
  }

  private lookAgain(): void {
    this.askedFor = null;
    this.open(false);
  }

  private close(): void {
    this.popup.hidden = true;
  }

  /** Once for a connection, unless it failed. */
  private async ask(): Promise<void> {
    const connection = this.source.connection();
    if (this.askedFor !== connection) {
      this.askedFor = connection;
      this.show({ kind: 'asking' });
      const found = await this.source.ask().then(
        (tables): Found => ({ kind: 'tables', tables }),
        (failure: unknown): Found => {
          if (failure instanceof RequestFailure) return { kind: 'failed', error: failure.error };
          throw failure;
        },
      );
      if (this.askedFor !== connection) return;
      if (found.kind === 'failed') this.askedFor = null;
      this.show(found);
      return;
    }
    this.show(this.found);
  }

  private show(found: Found): void {
    this.found = found;
    const words = this.words();
    switch (found.kind) {
      case 'asking':
        this.draw(words.tablesLoading, []);
        return;
      case 'failed':
        this.draw(`${found.error.message} ${found.error.hint}`, []);
        return;
      case 'tables': {
        const typed = this.filtering ? this.field.value.trim().toLowerCase() : '';
        const tables = found.tables.filter((table) => table.name.toLowerCase().includes(typed));
        if (found.tables.length > 0 && tables.length === 0) this.close();
        else this.draw(found.tables.length === 0 ? words.tablesNone : '', tables);
      }
    }
  }

  private draw(note: string, tables: readonly TableOffer[]): void {
    write(element('tableNote'), note);
    this.options.hidden = tables.length === 0;
    this.options.replaceChildren(...tables.map((table) => this.option(table)));
  }

  private option(table: TableOffer): HTMLElement {
    const made = make('div', '');
    made.setAttribute('role', 'option');
    made.setAttribute('tabindex', '-1');
    made.setAttribute('aria-selected', String(table.name === this.field.value));
    made.append(make('span', '', table.name), make('span', 'lacks', table.lacks));
    made.addEventListener('click', () => this.choose(table.name));
    made.dataset['table'] = table.name;
    return made;
  }

  private choose(table: string): void {
    this.source.choose(table);
    this.field.focus();
    this.close();
  }

  /** True where the key meant something here. */
  private handle(key: string): boolean {
    const options = [...this.options.children].filter((option) => option instanceof HTMLElement);
    const current = options.findIndex((option) => option === document.activeElement);
    switch (key) {
      case 'ArrowDown':
        if (this.popup.hidden) this.open(false);
        else (options[current + 1] ?? options[current])?.focus();
        return true;
      case 'ArrowUp':
        if (current < 0) return false;
        (options[current - 1] ?? this.field).focus();
        return true;
      case 'Home':
      case 'End':
        if (current < 0) return false;
        options.at(key === 'Home' ? 0 : -1)?.focus();
        return true;
      case 'Enter':
      case ' ': {
        const table = options[current]?.dataset['table'];
        if (table === undefined) return false;
        this.choose(table);
        return true;
      }
      case 'Escape':
        if (this.popup.hidden) return false;
        this.field.focus();
        this.close();
        return true;
      default:
        return false;
    }
  }
}
