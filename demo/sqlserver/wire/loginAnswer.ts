import type { ByteWriter } from './byteWriter';
import { DEFAULT_PACKET_SIZE } from './packets';
import {
  DoneToken,
  EnvironmentChange,
  writeCollationChange,
  writeDone,
  writeLoginAck,
  writeMessage,
  writeTextChange,
  writeUtf8Ack,
} from './tokens';

const LANGUAGE = 'us_english';

/** The answer to a login that succeeded, in SQL Server's order. */
export function writeLoginAnswer(
  bytes: ByteWriter,
  login: {
    readonly database: string;
    readonly packetSize: number;
    readonly tdsVersion: number;
    readonly utf8: boolean;
    readonly serverName: string;
  },
): void {
  const info = (number: number, state: number, message: string): void => {
    writeMessage(bytes, { number, severity: 0, state, message, line: 1 }, login.serverName);
  };
  writeTextChange(bytes, EnvironmentChange.database, login.database, 'master');
  info(5701, 2, `Changed database context to '${login.database}'.`);
  writeCollationChange(bytes);
  writeTextChange(bytes, EnvironmentChange.language, LANGUAGE, '');
  info(5703, 1, `Changed language setting to ${LANGUAGE}.`);
  writeLoginAck(bytes, login.tdsVersion);
  if (login.utf8) writeUtf8Ack(bytes);
  writeTextChange(bytes, EnvironmentChange.packetSize, String(login.packetSize), String(DEFAULT_PACKET_SIZE));
  writeDone(bytes, { token: DoneToken.done, status: 0, command: 0, rowCount: 0 });
}
