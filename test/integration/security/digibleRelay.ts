/** Stands before a Digible and remembers the tokens that go through. */
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export class DigibleRelay {
  /** Every token that was issued. */
  readonly tokens = new Set<string>();
  private readonly server = http.createServer((request, response) => this.pass(request, response));

  private constructor(private readonly target: string) {}

  static async start(target: string): Promise<DigibleRelay> {
    const relay = new DigibleRelay(target);
    relay.server.listen(0, '127.0.0.1');
    await once(relay.server, 'listening');
    return relay;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private pass(request: http.IncomingMessage, response: http.ServerResponse): void {
    const { method, headers, url = '' } = request;
    const onward = http.request(this.target + url, { method, headers: { ...headers, 'accept-encoding': 'identity' } });
    const breakOff = (): void => void response.destroy();
    onward.on('error', breakOff).on('response', (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', breakOff);
      answer.on('end', () => {
        const body = Buffer.concat(chunks);
        for (const [token] of body.toString().matchAll(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g)) this.tokens.add(token);
        response.writeHead(answer.statusCode ?? 500, answer.headers).end(body);
      });
    });
    request.on('error', () => onward.destroy()).pipe(onward);
  }
}
