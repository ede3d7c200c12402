/** Data types by their token in TYPE_INFO (MS-TDS 2.2.5.4). */
export const TypeToken = {
  null: 0x1f,
  image: 0x22,
  text: 0x23,
  guid: 0x24,
  oldVarBinary: 0x25,
  intN: 0x26,
  oldVarChar: 0x27,
  date: 0x28,
  time: 0x29,
  dateTime2: 0x2a,
  dateTimeOffset: 0x2b,
  oldBinary: 0x2d,
  oldChar: 0x2f,
  int1: 0x30,
  bit: 0x32,
  int2: 0x34,
  oldDecimal: 0x37,
  int4: 0x38,
  dateTime4: 0x3a,
  float4: 0x3b,
  money: 0x3c,
  dateTime: 0x3d,
  float8: 0x3e,
  oldNumeric: 0x3f,
  variant: 0x62,
  ntext: 0x63,
  bitN: 0x68,
  decimal: 0x6a,
  numeric: 0x6c,
  floatN: 0x6d,
  moneyN: 0x6e,
  dateTimeN: 0x6f,
  money4: 0x7a,
  int8: 0x7f,
  varBinary: 0xa5,
  varChar: 0xa7,
  binary: 0xad,
  char: 0xaf,
  nvarChar: 0xe7,
  nchar: 0xef,
  udt: 0xf0,
  xml: 0xf1,
  table: 0xf3,
} as const;

/** The length in TYPE_INFO that stands for MAX, whose values are sent in chunks (PLP). */
export const MAX_LENGTH = 0xffff;
/** The length of a NULL value behind a two-byte length. */
export const NULL_LENGTH = 0xffff;
export const PLP_NULL = 0xffff_ffff_ffff_ffffn;

/** Bytes of the time of day in time, datetime2 and datetimeoffset, by scale. */
export function timeSize(scale: number): number {
  if (scale <= 2) return 3;
  return scale <= 4 ? 4 : 5;
}
