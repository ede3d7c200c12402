import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { SqlServerError, type SqlEngine, type SqlMessage, type SqlSession } from '../contract';
import type { Faults } from '../faults';
import { ProtocolError } from './byteReader';
import { parseLogin, type ClientLogin } from './login';
import { MessageQueue } from './messageQueue';
import { MessageAssembler, PacketType, type Message, type Packet } from './packets';
import {
  negotiateEncryption,
  parsePrelogin,
  writePrelogin,
  type EncryptionOutcome,
  type EncryptionPolicy,
} from './prelogin';
import { Response } from './response';
import { SessionRequests } from './sessionRequests';
import { DoneStatus, DoneToken, writeDone, writeMessage } from './tokens';
import { Transport } from './transport';
import { writeLoginAnswer } from './loginAnswer';
import { TdsVersion } from './version';

/** TLS records hold 16 KB; SQL Server keeps encrypted packets below that. */
const MAX_ENCRYPTED_PACKET_SIZE = 16_383;

/** What all connections of a server share. */
export interface ConnectionSettings {
  readonly engine: SqlEngine;
  readonly encryption: EncryptionPolicy;
  /** Absent where encryption is off. */
  readonly secureContext: SecureContext | undefined;
  readonly serverName: string;
  readonly faults: Faults;
  /** Milliseconds that every answer takes, faults aside. */
  readonly answerDelay: number;
  /** Ends early, without failing, when the signal is aborted. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Told of failures that are the stand-in's own. */
  readonly onError: (error: unknown) => void;
}

/** A connection as `RunningServer.connections()` shows it. */
export interface ConnectionInfo {
  readonly processId: number;
  /** The client's process on its own machine, as it says. */
  readonly clientProcessId: number;
  readonly user: string;
  readonly applicationName: string;
  readonly database: string;
  /** Whether everything after the login is encrypted. */
  readonly encrypted: boolean;
  /** What it is executing, as faults are matched against it. */
  readonly statement: string | undefined;
}

/** One client's connection, from its first packet to its end. */
export class Connection {
  readonly #transport: Transport;
  readonly #assembler = new MessageAssembler();
  readonly #queue = new MessageQueue();
  readonly #response: Response;
  /** Aborted when the connection is over. */
  readonly #life = new AbortController();
  #packets = 0;
  #login: ClientLogin | undefined;
  #session: SqlSession | undefined;
  #requests: SessionRequests | undefined;

  constructor(
    socket: Socket,
    private readonly settings: ConnectionSettings,
  ) {
    this.#transport = new Transport(socket, {
      packet: (packet) => this.#receive(packet),
      closed: () => this.#end(),
      malformed: () => this.#transport.destroy(),
    });
    this.#response = new Response(this.#transport, () => this.#beforeAnswer());
  }

  /** What is known of it once it is logged in. */
  get info(): ConnectionInfo | undefined {
    if (!this.#login || !this.#session) return undefined;
    const { clientProcessId, request } = this.#login;
    const { user, applicationName } = request;
    const { processId, database } = this.#session;
    const { encrypted } = this.#transport;
    return {
      processId,
      clientProcessId,
      user,
      applicationName,
      database,
      encrypted,
      statement: this.#requests?.statement,
    };
  }

  /** Serves the client until the connection is over and its session closed. Never rejects. */
  async serve(): Promise<void> {
    try {
      const encryption = await this.#prelogin();
      if (encryption && (await this.#logIn(encryption))) await this.#serveRequests();
      this.#transport.end();
    } catch (error) {
      if (!(error instanceof ProtocolError)) this.settings.onError(error);
      this.#transport.destroy();
    } finally {
      await this.#session?.close();
    }
    if (!this.#life.signal.aborted) await once(this.#life.signal, 'abort');
  }

  /** Hangs up at once. */
  drop(): void {
    this.#transport.destroy();
  }

  #receive(packet: Packet): void {
    this.#packets += 1;
    if (this.settings.faults.takePacketDrop(this.#packets)) {
      this.drop();
      return;
    }
    const message = this.#assembler.add(packet);
    if (!message) return;
    // An attention overtakes the request that it cancels, but is answered after it.
    if (message.type === PacketType.attention) this.#requests?.cancel();
    this.#queue.push(message);
  }

  #end(): void {
    this.#life.abort();
    this.#requests?.cancel();
    this.#queue.end();
  }

  #beforeAnswer(): Promise<void> | undefined {
    const delay = this.settings.answerDelay + this.settings.faults.answerDelay;
    return delay === 0 ? undefined : this.settings.sleep(delay, this.#life.signal);
  }

  /** Nothing: the client left, or the two sides can't agree. */
  async #prelogin(): Promise<EncryptionOutcome | undefined> {
    const message = await this.#queue.next();
    if (!message) return undefined;
    if (message.type !== PacketType.prelogin) throw new ProtocolError('The first message is no PRELOGIN.');
    const [answer, outcome] = negotiateEncryption(parsePrelogin(message.payload), this.settings.encryption);
    writePrelogin(this.#response.bytes, answer);
    const { secureContext } = this.settings;
    // The client may answer the answer at once, so TLS must be in place before it is sent.
    const sent = this.#response.finish();
    if ((outcome === 'full' || outcome === 'login only') && secureContext) this.#transport.startTls(secureContext);
    await sent;
    return outcome;
  }

  async #logIn(encryption: EncryptionOutcome): Promise<boolean> {
    const message = await this.#queue.next();
    if (!message) return false;
    if (message.type !== PacketType.login7) throw new ProtocolError('The second message is no LOGIN7.');
    if (encryption === 'mismatch') throw new ProtocolError('The client logs in without the encryption agreed on.');
    if (encryption === 'login only') this.#transport.endTls();
    const login = parseLogin(message.payload);
    this.#login = login;
    const refusal = login.refusal ?? this.settings.faults.takeLoginRefusal();
    try {
      if (refusal) throw refusal;
      this.#session = await this.settings.engine.login(login.request);
    } catch (error) {
      await this.#refuseLogin(login, error);
      return false;
    }
    await this.#welcome(login, this.#session);
    return !this.#life.signal.aborted;
  }

  async #welcome(login: ClientLogin, session: SqlSession): Promise<void> {
    const { encrypted } = this.#transport;
    const packetSize = Math.min(login.packetSize, encrypted ? MAX_ENCRYPTED_PACKET_SIZE : Infinity);
    this.#requests = new SessionRequests(
      session,
      {
        response: this.#response,
        serverName: this.settings.serverName,
        compressRows: login.tdsVersion >= TdsVersion.v73b,
        transaction: undefined,
      },
      this.settings,
    );
    this.#response.processId = session.processId;
    writeLoginAnswer(this.#response.bytes, {
      database: session.database,
      packetSize,
      tdsVersion: login.tdsVersion,
      utf8: login.asksForUtf8,
      serverName: this.settings.serverName,
    });
    await this.#response.finish();
    this.#response.packetSize = packetSize;
  }

  /** Like SQL Server: a login that fails because of its database is also said to have failed. */
  async #refuseLogin(login: ClientLogin, error: unknown): Promise<void> {
    if (!(error instanceof SqlServerError)) this.settings.onError(error);
    const failed = new SqlServerError(18456, `Login failed for user '${login.request.user}'.`, 14);
    const reasons: SqlMessage[] = error instanceof SqlServerError && error.number !== 18456 ? [error] : [failed];
    if (error instanceof SqlServerError && error.number === 4060) reasons.push(failed);
    for (const reason of reasons) writeMessage(this.#response.bytes, reason, this.settings.serverName);
    writeDone(this.#response.bytes, { token: DoneToken.done, status: DoneStatus.error, command: 0, rowCount: 0 });
    await this.#response.finish();
  }

  async #serveRequests(): Promise<void> {
    for (;;) {
      const message = await this.#queue.next();
      if (!message || !this.#requests) return;
      const outcome = await this.#serveMessage(message, this.#requests);
      if (outcome === 'hang up') return;
      if (outcome === 'drop') {
        this.drop();
        return;
      }
    }
  }

  async #serveMessage(message: Message, requests: SessionRequests): Promise<'go on' | 'hang up' | 'drop'> {
    return message.type === PacketType.attention ? requests.acknowledgeCancel() : requests.serve(message);
  }
}
