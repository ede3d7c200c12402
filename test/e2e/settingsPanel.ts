import type { FrameLocator, Locator } from 'playwright-core';
import type { Workbench } from './workbench';

/** What a user fills in; a field that is left out is left as it is. */
export interface Form {
  readonly email?: string;
  readonly digiblePassword?: string;
  readonly server?: string;
  readonly database?: string;
  readonly username?: string;
  readonly sqlPassword?: string;
  readonly table?: string;
}

/** The settings page, by its labels. */
export class SettingsPanel {
  private readonly frame: FrameLocator;

  constructor(workbench: Workbench) {
    this.frame = workbench.webview;
  }

  async shown(): Promise<void> {
    await this.frame.getByRole('heading', { name: 'shopMaster Settings' }).waitFor();
  }

  async fill(form: Form): Promise<void> {
    const { email, digiblePassword, server, database, username, sqlPassword, table } = form;
    const entries: readonly (readonly [section: string, label: string, value: string | undefined])[] = [
      ['Digible', 'Digible Email', email],
      ['Digible', 'Digible Password', digiblePassword],
      ['SQL Server', 'Server Name', server],
      ['SQL Server', 'Database Name', database],
      ['SQL Server', 'Username', username],
      ['SQL Server', 'Password', sqlPassword],
      ['SQL Server', 'Local Table Name', table],
    ];
    for (const [section, label, value] of entries)
      if (value !== undefined) await this.field(section, label).fill(value);
  }

  field(section: string, label: string): Locator {
    return this.section(section).getByRole('textbox', { name: label, exact: true });
  }

  /** A part of the page by its heading. */
  section(heading: string): Locator {
    return this.frame.getByRole('region', { name: heading, exact: true });
  }

  /** A button at the end of the form, or, with a heading, in that part of the page. */
  button(name: string, heading?: string): Locator {
    const within = heading === undefined ? this.frame.locator('#actions') : this.section(heading);
    return within.getByRole('button', { name, exact: true });
  }

  /** What Test Connection found out about one side. */
  outcome(side: 'SQL Server' | 'Digible'): Locator {
    return this.frame.locator(side === 'Digible' ? '#digibleOutcome' : '#sqlServerOutcome');
  }

  text(text: string | RegExp): Locator {
    return this.frame.getByText(text).locator('visible=true');
  }
}
