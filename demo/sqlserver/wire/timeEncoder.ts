import {
  DAYS_TO_1900,
  parseDays,
  parseOffset,
  parseTicks,
  TICKS_PER_DAY,
  TICKS_PER_MINUTE,
  TICKS_PER_SECOND,
} from './calendar';
import type { ByteWriter } from './byteWriter';
import { timeSize, TypeToken } from './typeTokens';
import { fixed, type ValueEncoder } from './encoding';

/** datetime counts 300ths of a second. */
const UNITS_PER_SECOND = 300;
const UNITS_PER_DAY = 86_400 * UNITS_PER_SECOND;

/** smalldatetime rounds up from 29.999 s on. */
const ROUNDING_UP_TO_MINUTE = TICKS_PER_MINUTE - 29.999 * TICKS_PER_SECOND;

export function dateEncoder(): ValueEncoder {
  return fixed([TypeToken.date], 3, (bytes, text) => bytes.uint(parseDays(text), 3), false);
}

export function timeEncoder(scale: number): ValueEncoder {
  const size = timeSize(scale);
  const write = (bytes: ByteWriter, text: string): void => {
    bytes.uint(rounded(parseTicks(text), scale) % unitsPerDay(scale), size);
  };
  return fixed([TypeToken.time, scale], size, write, false);
}

export function dateTime2Encoder(scale: number): ValueEncoder {
  const size = timeSize(scale);
  const write = (bytes: ByteWriter, text: string): void => {
    writeDateTime2(bytes, parseDays(text), parseTicks(text), scale);
  };
  return fixed([TypeToken.dateTime2, scale], size + 3, write, false);
}

/** The moment in UTC, and the minutes that its own clock is ahead. */
export function dateTimeOffsetEncoder(scale: number): ValueEncoder {
  const size = timeSize(scale);
  const write = (bytes: ByteWriter, text: string): void => {
    const offset = parseOffset(text);
    const ticks = parseTicks(text) - offset * TICKS_PER_MINUTE;
    const days = Math.floor(ticks / TICKS_PER_DAY);
    writeDateTime2(bytes, parseDays(text) + days, ticks - days * TICKS_PER_DAY, scale);
    bytes.int16(offset);
  };
  return fixed([TypeToken.dateTimeOffset, scale], size + 5, write, false);
}

export function dateTimeEncoder(): ValueEncoder {
  return fixed([TypeToken.dateTimeN], 8, (bytes, text) => {
    const units = Math.round((parseTicks(text) * UNITS_PER_SECOND) / TICKS_PER_SECOND);
    const nextDay = units >= UNITS_PER_DAY ? 1 : 0;
    bytes.int32(parseDays(text) - DAYS_TO_1900 + nextDay);
    bytes.uint32(units % UNITS_PER_DAY);
  });
}

export function smallDateTimeEncoder(): ValueEncoder {
  const minutesPerDay = TICKS_PER_DAY / TICKS_PER_MINUTE;
  return fixed([TypeToken.dateTimeN], 4, (bytes, text) => {
    const minutes = Math.floor((parseTicks(text) + ROUNDING_UP_TO_MINUTE) / TICKS_PER_MINUTE);
    const nextDay = minutes >= minutesPerDay ? 1 : 0;
    bytes.uint16(parseDays(text) - DAYS_TO_1900 + nextDay);
    bytes.uint16(minutes % minutesPerDay);
  });
}

function writeDateTime2(bytes: ByteWriter, days: number, ticks: number, scale: number): void {
  const units = rounded(ticks, scale);
  const nextDay = units >= unitsPerDay(scale) ? 1 : 0;
  bytes.uint(units % unitsPerDay(scale), timeSize(scale));
  bytes.uint(days + nextDay, 3);
}

function rounded(ticks: number, scale: number): number {
  return Math.round(ticks / 10 ** (7 - scale));
}

function unitsPerDay(scale: number): number {
  return 86_400 * 10 ** scale;
}
