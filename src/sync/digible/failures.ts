/** What went wrong with a call -> the failure that the retry policy and the engine decide by, and a sentence for the user. */
import { CatalogueFailure, type FailureKind } from '../catalogueFailure';
import { ShopError, type ErrorCode, type Remedy } from '../errors';
import { excerpt } from './excerpt';
import { isConfirmation, isFailureReport, ownWords, type Call, type WireAnswer } from './wireFormat';

/** 401 is not among them: the session answers it. */
const kindOfStatus: Readonly<Record<number, FailureKind>> = {
  400: 'refused',
  403: 'not available',
  404: 'not available',
  405: 'not available',
  408: 'request timeout',
  413: 'too large',
  422: 'refused',
  429: 'throttled',
  502: 'outcome unknown',
  504: 'outcome unknown',
};

function kindOf(call: Call, status: number): FailureKind {
  if (call === 'update' && status === 404) return 'product unknown';
  return kindOfStatus[status] ?? (status >= 500 ? 'server error' : 'unexpected answer');
}

const later = 'Nothing is lost; what is pending goes out with the next sync.';
const checkAddress = 'Check the Digible address in the settings, and that no proxy or sign-in page is in between.';

interface Telling {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly remedy?: Remedy;
  readonly message: (what: string, words: string) => string;
}

/** `what` is the status with Digible's words, `words` only the latter. */
const tellings: Readonly<Record<FailureKind, Telling>> = {
  unreachable: tell('digible-unreachable', 'retry', later, (what) => `Digible can't be reached (${what}).`),
  'outcome unknown': tell(
    'digible-unreachable',
    'retry',
    later,
    (what) => `Digible did not say whether it took the products (${what}).`,
  ),
  'request timeout': tell(
    'digible-busy',
    'retry',
    later,
    (what) => `Digible gave up waiting for the request (${what}).`,
  ),
  throttled: tell('digible-busy', 'retry', later, (what) => `Digible is busy and asks for a pause (${what}).`),
  'server error': tell('digible-busy', 'retry', later, (what) => `Digible has a fault of its own (${what}).`),
  refused: tell(
    'digible-refused',
    undefined,
    'Change the product in the shop; it is tried again then.',
    (_, words) => words,
  ),
  'too large': tell('digible-refused', undefined, 'Send fewer products in one batch.', (_, words) => words),
  'product unknown': tell('digible-refused', undefined, 'It is sent as a new product.', (_, words) => words),
  'not available': tell(
    'digible-answer-unexpected',
    'configure',
    checkAddress,
    (what) => `Digible does not offer this to the account at this address (${what}).`,
  ),
  'unexpected answer': tell(
    'digible-answer-unexpected',
    'configure',
    checkAddress,
    (what) => `Digible's answer is not one that shopMaster knows (${what}).`,
  ),
  'session expired': tell(
    'session-expired',
    'sign in',
    'Check the Digible email and password in the settings, then start again.',
    () => 'User session expired, please reconfigure',
  ),
};

function tell(code: ErrorCode, remedy: Remedy | undefined, hint: string, message: Telling['message']): Telling {
  return remedy === undefined ? { code, hint, message } : { code, hint, message, remedy };
}

function fail(
  kind: FailureKind,
  what: string,
  words: string,
  cause?: unknown,
  retryAfterMs?: number,
): CatalogueFailure {
  const { code, hint, message, remedy } = tellings[kind];
  const error = new ShopError(code, message(what, words), hint, {
    ...(cause === undefined ? {} : { cause }),
    ...(remedy === undefined ? {} : { remedy }),
  });
  return new CatalogueFailure(kind, error, retryAfterMs);
}

/**
 * The failure that an answer is, or null where it is a confirmation.
 *
 * @param secrets what the request held that must not be shown, should the answer repeat it
 * @param now epoch milliseconds, for a Retry-After that is a date
 */
export function failureOfAnswer(
  call: Call,
  answer: WireAnswer,
  secrets: readonly string[],
  now: number,
): CatalogueFailure | null {
  if (isConfirmation(answer)) return null;
  const { what, words } = describe(answer, secrets);
  return fail(kindOf(call, answer.status), what, words, undefined, retryAfterMs(answer, now));
}

/** Why a sign-in got no token: Digible refuses the account, or something else is wrong that has nothing to do with it. */
export function failureOfSignIn(answer: WireAnswer, secrets: readonly string[], now: number): CatalogueFailure {
  const { what, words } = describe(answer, secrets, 20);
  const hasWords = ownWords(answer) !== null;
  const refused =
    [400, 401, 422].includes(answer.status) ||
    // An unknown account may be answered with these as well; a wrong address has no such words.
    ([403, 404].includes(answer.status) && hasWords) ||
    (answer.status === 200 && isFailureReport(answer));
  if (refused)
    return new CatalogueFailure(
      'session expired',
      new ShopError(
        'digible-login-failed',
        `Digible refused the sign-in: ${words}`,
        'Check the Digible email, password and address.',
        { remedy: 'configure' },
      ),
    );
  const kind = kindOf('sign in', answer.status);
  // No product is sent with a sign-in: whatever became of it, it can be tried again.
  const told = answer.status === 200 ? `no token in ${what}` : what;
  return fail(kind === 'outcome unknown' ? 'unreachable' : kind, told, words, undefined, retryAfterMs(answer, now));
}

/** @param reason why it is none, without the token */
export function tokenInvalid(reason: string): CatalogueFailure {
  return new CatalogueFailure(
    'unexpected answer',
    new ShopError(
      'digible-token-invalid',
      `Digible's sign-in gave a token that is not a JWT: ${reason}.`,
      checkAddress,
      { remedy: 'configure' },
    ),
  );
}

export function sessionExpired(cause: CatalogueFailure | null): CatalogueFailure {
  return fail('session expired', '', '', cause?.error);
}

/** The connection was given up: nothing came within the time. */
export function timedOut(call: Call, ms: number): CatalogueFailure {
  return fail(call === 'sign in' ? 'unreachable' : 'outcome unknown', `no answer within ${ms / 1_000} seconds`, '');
}

/** Node's codes of errors that come before anything is sent, besides those of certificates. */
const unsentCodes: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is not known; is this computer online?',
  EAI_AGAIN: 'names can not be looked up; is this computer online?',
  ECONNREFUSED: 'nothing answers at its address',
  ENETUNREACH: 'this computer has no network',
  ENETDOWN: 'this computer has no network',
  EHOSTUNREACH: 'there is no way to its address',
  EHOSTDOWN: 'there is no way to its address',
  EADDRNOTAVAIL: 'this computer has no free port',
};
const certificateCode = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|^ERR_(TLS|SSL)_/;

/**
 * The failure that an error of the connection is. Whatever may have come after sending is an unknown outcome, a kept
 * connection that the server closed while the request was on its way included.
 */
export function failureOfError(call: Call, caught: Error): CatalogueFailure {
  const code = property(caught, 'code') ?? '';
  const hint = unsentCodes[code];
  const certificate = certificateCode.test(code);
  const connecting = (property(caught, 'syscall') ?? property(caught, 'erroredSysCall')) === 'connect';
  const unsent = hint !== undefined || certificate || connecting || call === 'sign in';
  const named = code === '' ? 'the connection broke' : code;
  const what =
    hint !== undefined ? `${code}: ${hint}` : certificate ? `its certificate is not trusted, ${code}` : named;
  return fail(unsent ? 'unreachable' : 'outcome unknown', what, '', caught);
}

function property(error: Error, name: string): string | undefined {
  const value: unknown = Reflect.get(error, name);
  return typeof value === 'string' ? value : undefined;
}

/** Milliseconds to wait, from the header's seconds or HTTP date; undefined where there is none or it is neither. */
export function retryAfterMs({ retryAfter, date }: WireAnswer, now: number): number | undefined {
  if (retryAfter === null) return undefined;
  const text = retryAfter.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1_000;
  // Date.parse alone makes a date of nearly everything.
  const at = /\d\d:\d\d:\d\d/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(at)) return undefined;
  const serverNow = date === null ? NaN : Date.parse(date);
  return Math.max(0, at - (Number.isNaN(serverNow) ? now : serverNow));
}

const longestWords = 1_000;

/**
 * Digible's own words where it has some, else the status and the beginning of the text.
 *
 * @param longestRun hide unbroken runs of so many characters: the answer to a sign-in may hold a token of any form
 */
function describe(
  answer: WireAnswer,
  secrets: readonly string[],
  longestRun?: number,
): { what: string; words: string } {
  const { status, text, complete, location } = answer;
  const hide = (shown: string): string =>
    longestRun === undefined ? shown : shown.replace(new RegExp(`[\\w.~+/=-]{${longestRun},}`, 'g'), '***');
  const redirect = location !== null && status >= 300 && status < 400 ? `it redirects to ${location}` : null;
  const own = redirect === null ? ownWords(answer) : null;
  const shown = excerpt(hide(own ?? redirect ?? (text === '' ? 'no text' : text)), secrets);
  return {
    what: `status ${status}${complete ? '' : ', cut off'}: ${shown}`,
    words:
      own === null ? `Digible answered with status ${status}: ${shown}` : excerpt(hide(own), secrets, longestWords),
  };
}
