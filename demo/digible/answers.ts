/** What a call ends with, and how that goes onto the wire. */
import type { IncomingMessage, ServerResponse } from 'node:http';

export type Answer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      /** A string is sent as HTML, everything else as JSON. */
      readonly body: string | object;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The connection ends in the middle of this text. */
  | { readonly kind: 'cut off'; readonly text: string }
  | { readonly kind: 'dropped' }
  | { readonly kind: 'hanging'; readonly afterHeaders: boolean };

export const json = (status: number, body: object, headers: Readonly<Record<string, string>> = {}): Answer => ({
  kind: 'answer',
  status,
  body,
  headers,
});

export function send(answer: Answer, request: IncomingMessage, response: ServerResponse): void {
  switch (answer.kind) {
    case 'answer': {
      const html = typeof answer.body === 'string';
      const text = html ? answer.body : JSON.stringify(answer.body);
      response.writeHead(answer.status, {
        'content-type': html ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8',
        'content-length': Buffer.byteLength(text),
        ...answer.headers,
      });
      response.end(text);
      return;
    }
    case 'cut off': {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer.text) });
      response.write(answer.text.slice(0, answer.text.length / 2), () => request.socket.destroy());
      return;
    }
    case 'dropped':
      request.socket.destroy();
      return;
    case 'hanging':
      if (answer.afterHeaders) {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.flushHeaders();
      }
  }
}
