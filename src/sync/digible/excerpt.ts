/** What of an answer is fit to be read: text instead of HTML, short, without secrets. */

/** Characters of an answer that an error shows. */
export const excerptLength = 200;

export function excerpt(text: string, secrets: readonly string[], length = excerptLength): string {
  const readable = withoutSecrets(plainText(text), secrets);
  if (readable.length <= length) return readable;
  // Never half of a character outside the basic plane.
  return `${readable.slice(0, length).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** Hides these secrets, as they are and in the forms in which an answer may repeat them, and whatever looks like a token. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const forms = secrets.flatMap((secret) => [secret, ...encoded(secret)]);
  let safe = text;
  for (const form of forms) if (form !== '') safe = safe.replaceAll(form, '***');
  return safe.replace(/\beyJ[\w-]*\.[\w-]+\.[\w-]*/g, '***');
}

/** In JSON, in an address, in base64. */
function encoded(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  // From its bytes: a surrogate without its other half has no form in an address.
  const inAddress = encodeURIComponent(bytes.toString());
  const base64 = bytes.toString('base64');
  return [
    JSON.stringify(secret).slice(1, -1),
    inAddress,
    base64,
    base64.replace(/=+$/, ''),
    bytes.toString('base64url'),
  ];
}

function plainText(text: string): string {
  const isHtml = /<(!doctype|html|head|body|h1|p|title|div)\b/i.test(text.slice(0, 2_000));
  const words = isHtml ? withoutTags(text) : text;
  // Control characters would reach logs and terminals.
  return words.replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
}

const entities: Readonly<Record<string, string>> = {
  '&nbsp;': ' ',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&amp;': '&',
};

function withoutTags(html: string): string {
  return html
    .replace(/<!--.*?(-->|$)|<(script|style)\b.*?(<\/\2\s*>|$)/gis, ' ')
    .replace(/<[^>]*>?/g, ' ')
    .replace(/&(nbsp|lt|gt|quot|#39|amp);/g, (entity) => entities[entity] ?? entity);
}
