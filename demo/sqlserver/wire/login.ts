import { SqlServerError, type LoginRequest } from '../contract';
import { ByteReader, ProtocolError } from './byteReader';
import { DEFAULT_PACKET_SIZE, MAX_PACKET_SIZE } from './packets';
import { TdsVersion } from './version';

const MIN_PACKET_SIZE = 512;

const Flags2 = { integratedSecurity: 0x80 } as const;
const Flags3 = { changePassword: 0x01, extension: 0x10 } as const;

/** Feature extensions (MS-TDS 2.2.6.4): those that matter here. */
const Feature = { federatedAuthentication: 0x02, utf8: 0x0a, end: 0xff } as const;

/** Where LOGIN7 keeps offset and length of its texts. */
const Field = { hostName: 36, user: 40, password: 44, applicationName: 48, extension: 56, database: 68 } as const;

/** A client's LOGIN7. */
export interface ClientLogin {
  readonly request: LoginRequest;
  /** As the answer names it: what the client asked for, at most 7.4. */
  readonly tdsVersion: number;
  readonly packetSize: number;
  readonly asksForUtf8: boolean;
  /** The client's process on its own machine, as it says. */
  readonly clientProcessId: number;
  /** Why the stand-in can't serve this login, whatever the password. */
  readonly refusal: SqlServerError | undefined;
}

export function parseLogin(payload: Buffer): ClientLogin {
  const reader = new ByteReader(payload);
  const number = (offset: number): number => reader.slice(offset, 4).readUInt32LE();
  const text = (field: number): string => referredText(reader, field).toString('utf16le');
  const flags = reader.slice(24, 4);
  const flags2 = flags.readUInt8(1);
  const flags3 = flags.readUInt8(3);
  const asked = number(4);
  // tedious sets the flag also below 7.4, where there are no extensions.
  const extended = asked >= TdsVersion.v74 && (flags3 & Flags3.extension) !== 0;
  const features = extended ? readFeatures(reader) : [];
  const refusal = [
    asked < TdsVersion.v73a && refused(`TDS version 0x${asked.toString(16)} is older than 7.3.`),
    (flags2 & Flags2.integratedSecurity) !== 0 && integratedLoginFailed(),
    (flags3 & Flags3.changePassword) !== 0 && refused('The password can not be changed at login.'),
    features.includes(Feature.federatedAuthentication) && refused('There is no federated authentication.'),
  ].find((reason) => reason !== false);
  return {
    request: {
      user: text(Field.user),
      password: clearPassword(referredText(reader, Field.password)),
      database: text(Field.database),
      hostName: text(Field.hostName),
      applicationName: text(Field.applicationName),
    },
    tdsVersion: Math.min(asked, TdsVersion.v74),
    packetSize: Math.min(Math.max(number(8) || DEFAULT_PACKET_SIZE, MIN_PACKET_SIZE), MAX_PACKET_SIZE),
    clientProcessId: number(16),
    asksForUtf8: features.includes(Feature.utf8),
    refusal,
  };
}

function referredText(reader: ByteReader, field: number): Buffer {
  const reference = reader.slice(field, 4);
  return reader.slice(reference.readUInt16LE(0), reference.readUInt16LE(2) * 2);
}

/** The ids of the feature extensions asked for. */
function readFeatures(reader: ByteReader): number[] {
  const pointer = reader.slice(Field.extension, 2).readUInt16LE();
  let offset = reader.slice(pointer, 4).readUInt32LE();
  const features: number[] = [];
  for (;;) {
    const feature = reader.slice(offset, 1).readUInt8();
    if (feature === Feature.end) return features;
    if (features.length > 255) throw new ProtocolError('The feature extensions have no end.');
    features.push(feature);
    offset += 5 + reader.slice(offset + 1, 4).readUInt32LE();
  }
}

/** Passwords are obscured, not encrypted: each byte's halves are swapped and XORed with 0xA5. */
function clearPassword(obscured: Buffer): string {
  return Buffer.from(obscured.map((byte) => ((byte ^ 0xa5) >> 4) | (((byte ^ 0xa5) << 4) & 0xf0))).toString('utf16le');
}

function refused(why: string): SqlServerError {
  return new SqlServerError(18456, `Login failed. ${why}`, 14);
}

function integratedLoginFailed(): SqlServerError {
  return new SqlServerError(
    18452,
    'Login failed. The login is from an untrusted domain and cannot be used with Integrated authentication.',
    14,
  );
}
