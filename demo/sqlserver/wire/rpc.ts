import { SqlServerError, type ExecuteRequest, type Parameter } from '../contract';
import type { ByteReader } from './byteReader';
import { readParameterType } from './parameterType';

/** A procedure by number instead of by name. */
const BY_NUMBER = 0xffff;

/** System procedures by number (MS-TDS 2.2.6.6). */
const procedures: Readonly<Record<number, string>> = {
  1: 'sp_cursor',
  2: 'sp_cursoropen',
  3: 'sp_cursorprepare',
  4: 'sp_cursorexecute',
  5: 'sp_cursorprepexec',
  6: 'sp_cursorunprepare',
  7: 'sp_cursorfetch',
  8: 'sp_cursoroption',
  9: 'sp_cursorclose',
  10: 'sp_executesql',
  11: 'sp_prepare',
  12: 'sp_execute',
  13: 'sp_prepexec',
  14: 'sp_prepexecrpc',
  15: 'sp_unprepare',
};

const ParameterStatus = { output: 0x01, useDefault: 0x02, encrypted: 0x08 } as const;

/** What may stand between two calls in one message instead of a parameter's name, which is at most 128 long. */
const separators: readonly number[] = [0x80, 0xfe, 0xff];

/** The calls of an RPC message behind its headers. */
export function readRpc(reader: ByteReader): ExecuteRequest[] {
  const requests: ExecuteRequest[] = [];
  while (reader.remaining > 0) {
    const name = readProcedure(reader);
    reader.uint16(); // Options: recompile, and leaving out metadata, which is a client's convenience only.
    const parameters: Parameter[] = [];
    while (reader.remaining > 0 && !separators.includes(reader.peek())) {
      const parameter = readParameter(reader);
      if (parameter) parameters.push(parameter);
    }
    if (reader.remaining > 0) reader.uint8();
    requests.push({ kind: 'procedure', name, parameters });
  }
  return requests;
}

function readProcedure(reader: ByteReader): string {
  const length = reader.uint16();
  if (length !== BY_NUMBER) return reader.utf16(length);
  const number = reader.uint16();
  const name = procedures[number];
  if (name === undefined || name.startsWith('sp_cursor')) {
    throw new SqlServerError(2812, `Could not find stored procedure '${name ?? `#${number}`}'.`, 16, 62);
  }
  return name;
}

/** A parameter; none for one that leaves the value to the procedure's default. */
function readParameter(reader: ByteReader): Parameter | undefined {
  const name = reader.shortText();
  const status = reader.uint8();
  if ((status & ParameterStatus.encrypted) !== 0) {
    throw new SqlServerError(33514, `Parameter "${name}" is encrypted; the stand-in has no Always Encrypted.`);
  }
  const parameterType = readParameterType(reader);
  const value = parameterType.read(reader);
  if ((status & ParameterStatus.useDefault) !== 0) {
    if (name !== '') return undefined;
    throw new SqlServerError(8009, 'A parameter sent by position asks for its default, which needs a name.');
  }
  return { name, type: parameterType.type, value, output: (status & ParameterStatus.output) !== 0 };
}
