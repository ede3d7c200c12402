/** Answers what the panel asks. */
import type { Log } from '../../sync/ports';
import type { PanelPorts } from './panelPorts';
import type { PanelSession } from './panelSession';
import { type Answer, type MethodName, type Params, readRequest, type Result, type Words } from './protocol';

type Handlers = { readonly [Name in MethodName]: (params: Params<Name>) => Result<Name> | Promise<Result<Name>> };

export class PanelRequests {
  private readonly handlers: Handlers;

  constructor(
    private readonly session: PanelSession,
    ports: Pick<PanelPorts, 'cancelUpload' | 'startSync' | 'openSettings' | 'showLog'>,
    words: Words,
    private readonly log: Log,
  ) {
    this.handlers = {
      open: async () => {
        await session.refresh();
        return { words, state: session.state };
      },
      edit: (draft) => session.edit(draft),
      listTables: (draft) => session.listTables(draft),
      testConnection: (draft) => done(session.testConnection(draft)),
      plan: ({ discardPending, ...draft }) => done(session.plan(draft, discardPending)),
      configure: (draft) => done(session.configure(draft)),
      dismissPlan: () => told(() => session.dismissPlan()),
      save: (draft) => done(session.save(draft)),
      upload: () => told(() => session.upload()),
      cancelUpload: () => told(() => ports.cancelUpload()),
      startSync: () => done(ports.startSync()),
      openSettings: (key) => told(() => ports.openSettings(key)),
      showLog: () => told(() => ports.showLog()),
      reportUnknown: () => told(() => log.debug('the settings panel was sent a message that it does not know')),
    };
  }

  /** The answer to a message; null for one that is no request, which changes nothing. Never rejects. */
  async answer(message: unknown): Promise<Answer | null> {
    const request = readRequest(message);
    if (request === null) {
      this.log.debug('the settings panel sent a message that is no request', { type: typeof message });
      return null;
    }
    const { id, method, params } = request;
    try {
      // Each request has the parameters of its own method; the types can't say so of a union.
      const handler = this.handlers[method] as (params: unknown) => unknown;
      return { kind: 'answer', id, ok: true, result: await handler(params) };
    } catch (caught) {
      return { kind: 'answer', id, ok: false, error: this.session.errorOf(caught) };
    }
  }
}

async function done(work: Promise<void>): Promise<null> {
  await work;
  return null;
}

function told(work: () => void): null {
  work();
  return null;
}
