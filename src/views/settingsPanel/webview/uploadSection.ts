/** Upload Products with its progress; and Start Sync, which comes after it. */
import type { PanelError } from '../protocol';
import { FailureBlock, type Heal } from './failureBlock';
import { control, element, fill, write } from './page';
import type { View } from './view';

export interface UploadEvents {
  readonly onCancel: () => void;
  readonly onStartSync: () => void;
  readonly heal: Heal;
}

export class UploadSection {
  private readonly section = element('uploadWork');
  private readonly bar = element('uploadBar') as HTMLProgressElement;
  private readonly failure: FailureBlock;
  private shown: string | null = null;

  constructor(events: UploadEvents) {
    this.failure = new FailureBlock(element('uploadFailure'), 'tryAgain', events.heal);
    control('cancelUpload').addEventListener('click', events.onCancel);
    control('startSync').addEventListener('click', events.onStartSync);
  }

  /** @param startFailure why Start Sync failed */
  render(view: View, cancelling: boolean, starting: boolean, startFailure: PanelError | null): void {
    const { words, state } = view;
    const { upload } = state;
    this.section.hidden = upload === null;
    const begins = upload !== null && upload.phase !== this.shown;
    this.shown = upload?.phase ?? null;
    if (upload === null) return;

    const running = upload.phase === 'running';
    element('uploadProgress').hidden = !running;
    element('cancelUpload').hidden = !running;
    control('cancelUpload').disabled = cancelling;
    if (upload.phase === 'running') this.renderProgress(upload.done, upload.total, view);
    write(element('uploadStatus'), statusOf(upload, view));
    this.failure.render(upload.phase === 'failed' ? upload.error : startFailure, view);

    const next = upload.phase === 'done' && !state.scheduled;
    element('uploadNextStep').hidden = upload.phase !== 'done';
    write(element('uploadNextStep'), state.scheduled ? words.syncStarted : words.uploaded);
    element('startSync').hidden = !next;
    control('startSync').disabled = starting;
    if (begins) this.section.scrollIntoView({ block: 'nearest' });
  }

  private renderProgress(done: number, total: number, { words }: View): void {
    if (total === 0) this.bar.removeAttribute('value');
    else {
      this.bar.max = total;
      this.bar.value = done;
    }
    const count = fill(words.uploadProgress, done.toLocaleString(), total.toLocaleString());
    write(element('uploadCount'), total === 0 ? '' : count);
  }
}

function statusOf(upload: NonNullable<View['state']['upload']>, { words }: View): string {
  switch (upload.phase) {
    case 'running':
      return words.uploading;
    case 'done':
    case 'cancelled':
      return upload.message;
    case 'failed':
      return words.uploadFailed;
  }
}
