/** Decimal numbers between their digits and the integers TDS sends: the number without its point. */

const ZERO = 0x30;
const MINUS = 0x2d;
const POINT = 0x2e;
/** So many digits fit into a double without loss. */
const SAFE_DIGITS = 15;

/** `-12.50` at scale 2 is -1250. Digits beyond the scale round half away from zero. */
export function unscaled(text: string, scale: number): number | bigint {
  const negative = text.charCodeAt(0) === MINUS;
  let value = 0;
  let digits = 0;
  let fraction = -1;
  for (let position = negative ? 1 : 0; position < text.length; position += 1) {
    const code = text.charCodeAt(position);
    if (code === POINT && fraction < 0) {
      fraction = 0;
      continue;
    }
    const digit = code - ZERO;
    if (digit < 0 || digit > 9) throw new TypeError(`Not a decimal number: ${text}`);
    if (fraction === scale) return exactly(text, scale);
    value = value * 10 + digit;
    digits += 1;
    if (fraction >= 0) fraction += 1;
  }
  if (digits === 0) throw new TypeError(`Not a decimal number: ${text}`);
  const missing = scale - Math.max(fraction, 0);
  if (digits + missing > SAFE_DIGITS) return exactly(text, scale);
  value *= 10 ** missing;
  return negative ? -value : value;
}

function exactly(text: string, scale: number): bigint {
  const match = /^(-?)(\d*)(?:\.(\d*))?$/.exec(text);
  if (!match) throw new TypeError(`Not a decimal number: ${text}`);
  const [, sign, whole = '', fraction = ''] = match;
  const kept = BigInt(whole + fraction.slice(0, scale).padEnd(scale, '0'));
  const value = fraction.charCodeAt(scale) >= ZERO + 5 ? kept + 1n : kept;
  return sign === '-' ? -value : value;
}

/** -1250 at scale 2 is `-12.50`. */
export function scaled(value: bigint, scale: number): string {
  const negative = value < 0n;
  const digits = String(negative ? -value : value).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  return `${negative ? '-' : ''}${whole}${scale === 0 ? '' : `.${digits.slice(digits.length - scale)}`}`;
}

/** Bytes of a decimal on the wire, its sign included, by precision. */
export function decimalSize(precision: number): number {
  if (precision <= 9) return 5;
  if (precision <= 19) return 9;
  return precision <= 28 ? 13 : 17;
}
