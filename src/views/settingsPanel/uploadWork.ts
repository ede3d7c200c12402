import type { EngineState } from '../../sync/engineState';
import type { RunResult } from '../../sync/runResult';
import type { L10n } from '../../l10n';
import { uploadedWords } from '../runWords';
import type { PanelPorts } from './panelPorts';
import type { PanelError, UploadState } from './protocol';

/** The upload as the panel shows it, whoever has asked for it: how far it is, then how it ended. */
export class UploadWork {
  private current: UploadState | null = null;
  /** It may ask the user something before the engine begins. */
  private asked = false;

  constructor(
    private readonly ports: Pick<PanelPorts, 'upload'>,
    private readonly l10n: L10n,
    private readonly describe: (caught: unknown) => PanelError,
    private readonly onDidChange: () => void,
  ) {}

  get state(): UploadState | null {
    return this.current;
  }

  /** A second one joins the first. Never rejects. */
  async run(): Promise<void> {
    if (this.current?.phase === 'running') return;
    this.asked = true;
    this.show({ phase: 'running', done: 0, total: 0 });
    try {
      await this.ports.upload();
      // The user would rather not, after all.
      if (this.isRunning()) this.show(null);
    } catch (caught) {
      if (this.isRunning()) this.show({ phase: 'failed', error: this.describe(caught) });
    } finally {
      this.asked = false;
    }
  }

  /** @param engine null while there is none */
  engineChanged(engine: EngineState | null): void {
    const uploads = engine?.phase === 'uploading';
    const { done, total } = (uploads ? engine.progress : null) ?? { done: 0, total: 0 };
    if (uploads || this.asked) this.show({ phase: 'running', done, total });
    else if (this.isRunning()) this.show(null);
  }

  runFinished({ trigger, report, error }: RunResult): void {
    if (trigger !== 'upload') return;
    this.asked = false;
    const message = uploadedWords(report, this.l10n).text;
    if (error?.code === 'cancelled' || report.cancelled) this.show({ phase: 'cancelled', message });
    else if (error === null) this.show({ phase: 'done', message });
    else this.show({ phase: 'failed', error: this.describe(error) });
  }

  /** Forgets how it ended. */
  dismiss(): void {
    if (this.current !== null && !this.isRunning()) this.show(null);
  }

  private isRunning(): boolean {
    return this.current?.phase === 'running';
  }

  private show(state: UploadState | null): void {
    this.current = state;
    this.onDidChange();
  }
}
