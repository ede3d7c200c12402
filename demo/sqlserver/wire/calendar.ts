/**
 * Dates and times between their canonical text and the numbers TDS sends: days since 0001-01-01 in the proleptic
 * Gregorian calendar, and ticks of 100 ns since midnight.
 */

export const TICKS_PER_SECOND = 10_000_000;
export const TICKS_PER_MINUTE = 60 * TICKS_PER_SECOND;
export const TICKS_PER_DAY = 86_400 * TICKS_PER_SECOND;

/** 1900-01-01, from which datetime and smalldatetime count. */
export const DAYS_TO_1900 = 693_595;

const ZERO = 0x30;
const DAYS_PER_400_YEARS = 146_097;
/** From 0000-03-01, from which whole years are counted so that a leap day is a year's last, to 0001-01-01. */
const DAYS_FROM_MARCH_0 = 306;

export function daysOf(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const monthFromMarch = (month + 9) % 12;
  const dayOfYear = Math.floor((153 * monthFromMarch + 2) / 5) + day - 1;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return marchYear * 365 + leapDays + dayOfYear - DAYS_FROM_MARCH_0;
}

/** Days of `YYYY-MM-DD…`. */
export function parseDays(text: string): number {
  if (text.length < 10 || text[4] !== '-' || text[7] !== '-') throw new TypeError(`Not a date: ${text}`);
  return daysOf(twoDigits(text, 0) * 100 + twoDigits(text, 2), twoDigits(text, 5), twoDigits(text, 8));
}

/** Ticks of the time in `[YYYY-MM-DD ]hh:mm[:ss[.fffffff]][ ±hh:mm]`; a date alone is midnight. */
export function parseTicks(text: string): number {
  let position = 0;
  if (text[4] === '-') {
    if (text.length === 10) return 0;
    position = 11;
  }
  let ticks = (twoDigits(text, position) * 60 + twoDigits(text, position + 3)) * TICKS_PER_MINUTE;
  position += 5;
  if (text[position] !== ':') return ticks;
  ticks += twoDigits(text, position + 1) * TICKS_PER_SECOND;
  position += 3;
  if (text[position] !== '.') return ticks;
  let unit = TICKS_PER_SECOND;
  for (position += 1; position < text.length; position += 1) {
    const digit = text.charCodeAt(position) - ZERO;
    if (digit < 0 || digit > 9) break;
    unit /= 10;
    if (unit >= 1) ticks += digit * unit;
  }
  return ticks;
}

/** Minutes of the ` ±hh:mm` at the end; without one, 0. */
export function parseOffset(text: string): number {
  const sign = text.lastIndexOf('+') > 0 ? text.lastIndexOf('+') : text.lastIndexOf('-');
  if (sign < 11) return 0;
  const minutes = twoDigits(text, sign + 1) * 60 + twoDigits(text, sign + 4);
  return text[sign] === '-' ? -minutes : minutes;
}

export function formatDays(days: number): string {
  const sinceMarch0 = days + DAYS_FROM_MARCH_0;
  const era = Math.floor(sinceMarch0 / DAYS_PER_400_YEARS);
  const dayOfEra = sinceMarch0 - era * DAYS_PER_400_YEARS;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
}

/** `hh:mm:ss` and `scale` digits of the second. */
export function formatTicks(ticks: number, scale: number): string {
  const seconds = Math.floor(ticks / TICKS_PER_SECOND);
  const time = `${padded(Math.floor(seconds / 3600), 2)}:${padded(Math.floor(seconds / 60) % 60, 2)}:${padded(seconds % 60, 2)}`;
  return scale === 0 ? time : `${time}.${padded(ticks % TICKS_PER_SECOND, 7).slice(0, scale)}`;
}

export function formatOffset(minutes: number): string {
  const distance = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${padded(Math.floor(distance / 60), 2)}:${padded(distance % 60, 2)}`;
}

function twoDigits(text: string, position: number): number {
  const tens = text.charCodeAt(position) - ZERO;
  const units = text.charCodeAt(position + 1) - ZERO;
  if (!(tens >= 0 && tens <= 9 && units >= 0 && units <= 9)) throw new TypeError(`Not a date or time: ${text}`);
  return tens * 10 + units;
}

function padded(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}
