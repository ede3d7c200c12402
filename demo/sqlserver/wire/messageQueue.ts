import type { Message } from './packets';

/** A client's messages in the order they came, for the one who serves them one at a time. */
export class MessageQueue {
  readonly #messages: Message[] = [];
  #waiting: ((message: Message | undefined) => void) | undefined;
  #ended = false;

  push(message: Message): void {
    if (this.#waiting) this.#resolve(message);
    else this.#messages.push(message);
  }

  /** No more messages will come. */
  end(): void {
    this.#ended = true;
    this.#messages.length = 0;
    this.#resolve(undefined);
  }

  /** The next message, as soon as there is one; nothing when there will be none. */
  next(): Promise<Message | undefined> {
    const message = this.#messages.shift();
    if (message || this.#ended) return Promise.resolve(message);
    return new Promise((resolve) => (this.#waiting = resolve));
  }

  #resolve(message: Message | undefined): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(message);
  }
}
