/**
 * What the sandbox shows to people: one page, its events, and the catalogue as JSON.
 *
 *     GET /                                        the page
 *     GET /events                                  server-sent events: what the page shows, when it changes
 *     GET /catalogue[?search=&offset=&limit=]      {"count", "matching", "products": [{"productId", …}]}; all without a limit
 */
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { json, send } from './answers';
import type { Catalogue } from './catalogue';
import type { Stats } from './stats';

const files: Readonly<Record<string, { readonly name: string; readonly type: string }>> = {
  '/': { name: 'page.html', type: 'text/html; charset=utf-8' },
  '/page.css': { name: 'page.css', type: 'text/css; charset=utf-8' },
  '/page.js': { name: 'page.js', type: 'text/javascript; charset=utf-8' },
};
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'";
/** Pages are told of changes at most this often. */
const eventPauseMs = 200;

export class Pages {
  private readonly watchers = new Set<ServerResponse>();
  private readonly subscriptions: readonly { dispose(): void }[];
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly catalogue: Catalogue,
    private readonly stats: Stats,
  ) {
    const changed = (): void => this.scheduleEvent();
    this.subscriptions = [catalogue.onDidChange(changed), stats.onDidChange(changed)];
  }

  /** False: the address is none of these pages. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    if (request.method !== 'GET' || request.url === undefined) return false;
    const { pathname, searchParams } = new URL(request.url, 'http://sandbox');
    const file = Object.hasOwn(files, pathname) ? files[pathname] : undefined;
    if (file !== undefined) {
      const text = await readFile(path.join(__dirname, 'page', file.name));
      response.writeHead(200, {
        'content-type': file.type,
        'content-security-policy': policy,
        'cache-control': 'no-store',
      });
      response.end(text);
      return true;
    }
    if (pathname === '/events') this.watch(response);
    else if (pathname === '/catalogue') await this.sendCatalogue(searchParams, request, response);
    else return false;
    return true;
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    if (this.timer !== null) clearTimeout(this.timer);
    for (const watcher of this.watchers) watcher.end();
  }

  private watch(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(this.event());
    this.watchers.add(response);
    response.once('close', () => this.watchers.delete(response));
  }

  private scheduleEvent(): void {
    if (this.watchers.size === 0 || this.timer !== null) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      const event = this.event();
      for (const watcher of this.watchers) watcher.write(event);
    }, eventPauseMs).unref();
  }

  private event(): string {
    const { entries } = this.catalogue;
    const shown = {
      count: entries.size,
      stats: this.stats,
      recent: this.stats.recent,
      latest: this.catalogue.latestFirst(),
    };
    return `data: ${JSON.stringify(shown)}\n\n`;
  }

  private async sendCatalogue(
    asked: URLSearchParams,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const search = asked.get('search') ?? '';
    const offset = Number(asked.get('offset') ?? 0);
    const limit = asked.has('limit') ? Number(asked.get('limit')) : Infinity;
    if (!Number.isSafeInteger(offset) || offset < 0 || !(limit >= 0)) {
      send(json(400, { message: 'offset and limit are whole numbers.' }), request, response);
      return;
    }
    if (search !== '' || limit !== Infinity || offset !== 0) {
      send(json(200, this.catalogue.page(search, offset, limit)), request, response);
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
    // A reader that goes away in the middle is no fault of the sandbox's.
    await pipeline(Readable.from(wholeCatalogue(this.catalogue)), response).catch(() => undefined);
  }
}

/** The catalogue as JSON in pieces: a million products as one string would not fit. */
function* wholeCatalogue({ entries }: Catalogue): Generator<string> {
  const piece: string[] = [`{"count":${entries.size},"matching":${entries.size},"products":[`];
  let first = true;
  for (const [productId, entry] of entries) {
    piece.push(first ? '' : ',', JSON.stringify({ productId, ...entry }));
    first = false;
    if (piece.length >= 2_000) yield piece.splice(0).join('');
  }
  piece.push(']}');
  yield piece.join('');
}
