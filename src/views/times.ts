import type { L10n } from '../l10n';

/** `YYYY-MM-DD HH:MM:SS` in local time, the desktop's form. `at`: epoch milliseconds. */
export function localTime(at: number): string {
  const time = new Date(at);
  const day = [time.getFullYear(), time.getMonth() + 1, time.getDate()].map(twoDigits).join('-');
  return `${day} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(twoDigits).join(':')}`;
}

/** As short as it can be told apart: `HH:MM` of the same day, `YYYY-MM-DD` of another one. */
export function shortTime(at: number, now: number): string {
  const [day, time] = localTime(at).split(' ');
  const isToday = localTime(now).startsWith(day ?? '');
  return (isToday ? time?.slice(0, 5) : day) ?? '';
}

/** `HH:MM:SS` of the same day, `YYYY-MM-DD HH:MM` of another one. */
export function timeOfRun(at: number, now: number): string {
  const [day, time] = localTime(at).split(' ');
  return localTime(now).startsWith(day ?? '') ? (time ?? '') : localTime(at).slice(0, -3);
}

/** `0.4 s`, `12 s`, `2 min 5 s`, `1 h 20 min`. */
export function duration(seconds: number, l10n: L10n): string {
  if (seconds < 9.95) return l10n.t('{0} s', seconds.toFixed(1));
  const whole = Math.round(seconds);
  if (whole < 60) return l10n.t('{0} s', whole);
  if (whole < 3600) return l10n.t('{0} min {1} s', Math.floor(whole / 60), whole % 60);
  return l10n.t('{0} h {1} min', Math.floor(whole / 3600), Math.floor((whole % 3600) / 60));
}

/** `5 s ago`, `3 min ago`, `2 h ago`, `4 days ago`; a clock that is ahead makes nothing younger than 0 s. */
export function age(seconds: number, l10n: L10n): string {
  if (seconds < 120) return l10n.t('{0} s ago', Math.max(0, Math.round(seconds)));
  if (seconds < 7200) return l10n.t('{0} min ago', Math.round(seconds / 60));
  if (seconds < 172_800) return l10n.t('{0} h ago', Math.round(seconds / 3600));
  return l10n.t('{0} days ago', Math.round(seconds / 86_400));
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
