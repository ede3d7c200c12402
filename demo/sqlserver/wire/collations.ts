/** A collation as TDS describes it: 5 bytes, and the encoding of char and varchar data that follows from them. */
export interface WireCollation {
  readonly bytes: Buffer;
  readonly codePage: CodePage;
}

/** Between text and one of the encodings that varchar data may have. */
export interface CodePage {
  readonly name: string;
  encode(text: string): Buffer;
  decode(bytes: Uint8Array): string;
}

export const DEFAULT_COLLATION = 'SQL_Latin1_General_CP1_CI_AS';

/** Windows collation families by prefix: locale id and Windows code page. */
const families: Readonly<Record<string, readonly [lcid: number, codePage: number]>> = {
  Latin1_General: [0x0409, 1252],
  French: [0x040c, 1252],
  German_PhoneBook: [0x10407, 1252],
  Modern_Spanish: [0x0c0a, 1252],
  Traditional_Spanish: [0x040a, 1252],
  Danish_Norwegian: [0x0406, 1252],
  Finnish_Swedish: [0x040b, 1252],
  Icelandic: [0x040f, 1252],
  Albanian: [0x041c, 1250],
  Croatian: [0x041a, 1250],
  Czech: [0x0405, 1250],
  Hungarian: [0x040e, 1250],
  Polish: [0x0415, 1250],
  Romanian: [0x0418, 1250],
  Slovak: [0x041b, 1250],
  Slovenian: [0x0424, 1250],
  Cyrillic_General: [0x0419, 1251],
  Ukrainian: [0x0422, 1251],
  Greek: [0x0408, 1253],
  Turkish: [0x041f, 1254],
  Hebrew: [0x040d, 1255],
  Arabic: [0x0401, 1256],
  Estonian: [0x0425, 1257],
  Latvian: [0x0426, 1257],
  Lithuanian: [0x0427, 1257],
  Vietnamese: [0x042a, 1258],
  Thai: [0x041e, 874],
};

/** Sort orders of the SQL_Latin1_General_CP1 collations by their sensitivity. */
const sqlSortIds: Readonly<Record<string, number>> = { CS_AS: 51, CI_AS: 52, CI_AI: 54 };

const Flag = { ignoreCase: 1, ignoreAccent: 2, ignoreKana: 4, ignoreWidth: 8, bin: 16, bin2: 32, utf8: 64 } as const;

/** Collation versions by the number in the name: `Latin1_General_100_CI_AS`. */
const versions: Readonly<Record<string, number>> = { '90': 1, '100': 2, '140': 3 };

/** Windows-1252's upper half starts with these; the other characters are those of Latin-1. */
const WINDOWS_1252_80_9F = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

const codePages: ReadonlyMap<number, CodePage> = new Map(
  [874, 1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258].map((number) => [number, windowsCodePage(number)]),
);
const utf8: CodePage = {
  name: 'utf-8',
  encode: (text) => Buffer.from(text, 'utf8'),
  decode: (bytes) => Buffer.from(bytes).toString('utf8'),
};

/** The collation of that name. Throws for one that the stand-in has no code page for. */
export function wireCollation(name = DEFAULT_COLLATION): WireCollation {
  const sql = /^SQL_Latin1_General_CP1_(CS_AS|CI_AS|CI_AI)$/i.exec(name);
  if (sql) {
    const sensitivity = (sql[1] ?? '').toUpperCase();
    return {
      bytes: packed(0x0409, sensitivityFlags(sensitivity), 0, sqlSortIds[sensitivity] ?? 0),
      codePage: codePage(1252),
    };
  }
  const windows = /^([A-Za-z0-9_]+?)(?:_(90|100|140))?((?:_(?:BIN2?|C[SI]|A[SI]|KS|WS|SC|VSS|UTF8))+)$/i.exec(name);
  const family = Object.entries(families).find(([prefix]) => prefix.toLowerCase() === windows?.[1]?.toLowerCase());
  if (!windows || !family) throw new TypeError(`The stand-in has no code page for the collation ${name}.`);
  const [lcid, page] = family[1];
  const suffix = (windows[3] ?? '').toUpperCase();
  const flags = sensitivityFlags(suffix);
  return {
    bytes: packed(lcid, flags, versions[windows[2] ?? ''] ?? 0, 0),
    codePage: (flags & Flag.utf8) === 0 ? codePage(page) : utf8,
  };
}

/** The encoding that a collation's 5 bytes stand for. */
export function codePageOf(bytes: Uint8Array): CodePage {
  const [b0 = 0, b1 = 0, b2 = 0, b3 = 0, sortId = 0] = bytes;
  if ((((b3 & 0x0f) << 4) & Flag.utf8) !== 0) return utf8;
  if (sortId !== 0) return codePage(1252);
  const lcid = ((b2 & 0x0f) << 16) | (b1 << 8) | b0;
  const family = Object.values(families).find(([known]) => known === lcid);
  return codePage(family?.[1] ?? 1252);
}

function sensitivityFlags(suffix: string): number {
  const parts = suffix.split('_');
  const encoding = parts.includes('UTF8') ? Flag.utf8 : 0;
  if (parts.includes('BIN2')) return Flag.bin2 | encoding;
  if (parts.includes('BIN')) return Flag.bin | encoding;
  return (
    (parts.includes('CS') ? 0 : Flag.ignoreCase) |
    (parts.includes('AS') ? 0 : Flag.ignoreAccent) |
    (parts.includes('KS') ? 0 : Flag.ignoreKana) |
    (parts.includes('WS') ? 0 : Flag.ignoreWidth) |
    encoding
  );
}

/** 20 bits of locale, 8 of flags, 4 of version, and the sort order (MS-TDS 2.2.5.1.2). */
function packed(lcid: number, flags: number, version: number, sortId: number): Buffer {
  return Buffer.from([
    lcid & 0xff,
    (lcid >> 8) & 0xff,
    ((lcid >> 16) & 0x0f) | ((flags & 0x0f) << 4),
    (flags >> 4) | (version << 4),
    sortId,
  ]);
}

function codePage(number: number): CodePage {
  const page = codePages.get(number);
  if (!page) throw new RangeError(`The stand-in has no code page ${number}.`);
  return page;
}

function windowsCodePage(number: number): CodePage {
  const name = `windows-${number}`;
  // Spelled out, because some releases of Node.js decode windows-1252 as Latin-1.
  if (number === 1252) return singleByte(name, windows1252());
  return singleByte(name, new TextDecoder(name).decode(everyByte()));
}

function everyByte(): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => byte);
}

function windows1252(): string {
  const latin1 = Buffer.from(everyByte()).toString('latin1');
  return latin1.slice(0, 0x80) + WINDOWS_1252_80_9F + latin1.slice(0xa0);
}

/** @param characters the character of each of the 256 bytes. What has no byte becomes `?`, as in SQL Server. */
function singleByte(name: string, characters: string): CodePage {
  const byteOf = new Map(Array.from({ length: 256 }, (_, byte) => [characters.charCodeAt(byte), byte]));
  return {
    name,
    encode: (text) => {
      const bytes = Buffer.allocUnsafe(text.length);
      for (let index = 0; index < text.length; index += 1) {
        const code = text.charCodeAt(index);
        bytes[index] = code < 0x80 ? code : (byteOf.get(code) ?? 0x3f);
      }
      return bytes;
    },
    decode: (bytes) => {
      let text = '';
      for (const byte of bytes) text += characters[byte] ?? '?';
      return text;
    },
  };
}
