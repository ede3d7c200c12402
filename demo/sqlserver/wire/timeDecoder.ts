import {
  DAYS_TO_1900,
  formatDays,
  formatOffset,
  formatTicks,
  TICKS_PER_DAY,
  TICKS_PER_MINUTE,
  TICKS_PER_SECOND,
} from './calendar';

/** The canonical text of date and time parameters. */

const TICKS_PER_MILLISECOND = TICKS_PER_SECOND / 1000;

export function dateText(data: Buffer): string {
  return formatDays(data.readUIntLE(0, 3));
}

export function timeText(data: Buffer, scale: number): string {
  return formatTicks(ticksOf(data, data.length, scale), scale);
}

export function dateTime2Text(data: Buffer, scale: number): string {
  const timeBytes = data.length - 3;
  return `${formatDays(data.readUIntLE(timeBytes, 3))} ${formatTicks(ticksOf(data, timeBytes, scale), scale)}`;
}

/** Sent in UTC with the offset of its own clock; the text shows that clock. */
export function dateTimeOffsetText(data: Buffer, scale: number): string {
  const timeBytes = data.length - 5;
  const offset = data.readInt16LE(timeBytes + 3);
  const ticks = ticksOf(data, timeBytes, scale) + offset * TICKS_PER_MINUTE;
  const days = Math.floor(ticks / TICKS_PER_DAY);
  const date = formatDays(data.readUIntLE(timeBytes, 3) + days);
  return `${date} ${formatTicks(ticks - days * TICKS_PER_DAY, scale)} ${formatOffset(offset)}`;
}

/** 300ths of a second, shown in milliseconds as SQL Server does: .000, .003, .007. */
export function dateTimeText(data: Buffer): string {
  const milliseconds = Math.round((data.readUInt32LE(4) * 10) / 3);
  return `${formatDays(data.readInt32LE(0) + DAYS_TO_1900)} ${formatTicks(milliseconds * TICKS_PER_MILLISECOND, 3)}`;
}

export function smallDateTimeText(data: Buffer): string {
  return `${formatDays(data.readUInt16LE(0) + DAYS_TO_1900)} ${formatTicks(data.readUInt16LE(2) * TICKS_PER_MINUTE, 0)}`;
}

function ticksOf(data: Buffer, bytes: number, scale: number): number {
  return data.readUIntLE(0, bytes) * 10 ** (7 - scale);
}
