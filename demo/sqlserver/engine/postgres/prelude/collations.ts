/** SQL Server's collations by their names, as ICU's (case and accents) or as code points (binary). */

interface CollationDefinition {
  /** ICU or built-in locale. */
  readonly locale: string;
  readonly provider: 'icu' | 'builtin';
  readonly caseSensitive: boolean;
  readonly accentSensitive: boolean;
  /** Windows code page of char and varchar; 65001 is UTF-8. */
  readonly codePage: number;
}

/** Designators with the language whose order they use; `und` is Unicode's root order, which is Latin1_General's in the main. */
const designators: Readonly<Record<string, { readonly language: string; readonly codePage?: number }>> = {
  SQL_Latin1_General_CP1: { language: 'und' },
  SQL_Latin1_General_CP850: { language: 'und', codePage: 850 },
  Latin1_General: { language: 'und' },
  Latin1_General_100: { language: 'und' },
  Modern_Spanish: { language: 'es' },
  Modern_Spanish_100: { language: 'es' },
  Traditional_Spanish: { language: 'es-u-co-trad' },
  French: { language: 'fr' },
  French_100: { language: 'fr' },
  German_PhoneBook: { language: 'de-u-co-phonebk' },
  German_PhoneBook_100: { language: 'de-u-co-phonebk' },
  Finnish_Swedish: { language: 'sv' },
  Finnish_Swedish_100: { language: 'sv' },
  Danish_Norwegian: { language: 'da' },
  Danish_Greenlandic_100: { language: 'da' },
  Turkish: { language: 'tr', codePage: 1254 },
  Turkish_100: { language: 'tr', codePage: 1254 },
  Polish: { language: 'pl', codePage: 1250 },
  Polish_100: { language: 'pl', codePage: 1250 },
  Czech: { language: 'cs', codePage: 1250 },
  Czech_100: { language: 'cs', codePage: 1250 },
  Hungarian: { language: 'hu', codePage: 1250 },
  Hungarian_100: { language: 'hu', codePage: 1250 },
  Cyrillic_General: { language: 'und', codePage: 1251 },
  Cyrillic_General_100: { language: 'und', codePage: 1251 },
  Greek: { language: 'el', codePage: 1253 },
  Greek_100: { language: 'el', codePage: 1253 },
  Hebrew: { language: 'he', codePage: 1255 },
  Hebrew_100: { language: 'he', codePage: 1255 },
  Arabic: { language: 'ar', codePage: 1256 },
  Arabic_100: { language: 'ar', codePage: 1256 },
};
const sensitivities = ['CI_AS', 'CS_AS', 'CI_AI', 'CS_AI', 'CI_AS_KS_WS', 'CS_AS_KS_WS', 'BIN', 'BIN2'] as const;

export const defaultCollation = 'SQL_Latin1_General_CP1_CI_AS';

/** Adds attributes to a locale that may have some already. */
function withAttributes(language: string, attributes: string): string {
  return attributes === '' ? language : `${language}${language.includes('-u-') ? '-' : '-u-'}${attributes}`;
}

function attributes(designator: string, caseSensitive: boolean, accentSensitive: boolean): string {
  if (caseSensitive) {
    const order = designator.startsWith('SQL_') ? 'kf-upper' : '';
    return accentSensitive ? order : 'ks-level1-kc-true';
  }
  return accentSensitive ? 'ks-level2' : 'ks-level1';
}

function define(): Map<string, CollationDefinition> {
  const collations = new Map<string, CollationDefinition>();
  for (const [designator, { language, codePage = 1252 }] of Object.entries(designators))
    for (const sensitivity of sensitivities) {
      const sql = designator.startsWith('SQL_');
      if (sql && (sensitivity.startsWith('BIN') || sensitivity.endsWith('WS'))) continue;
      const binary = sensitivity.startsWith('BIN');
      const caseSensitive = binary || sensitivity.startsWith('CS');
      const accentSensitive = binary || sensitivity.includes('_AS');
      const definition: CollationDefinition = {
        provider: binary ? 'builtin' : 'icu',
        locale: binary ? 'C.UTF-8' : withAttributes(language, attributes(designator, caseSensitive, accentSensitive)),
        caseSensitive,
        accentSensitive,
        codePage,
      };
      collations.set(`${designator}_${sensitivity}`, definition);
      if (designator.endsWith('_100') && !sensitivity.endsWith('BIN')) {
        const supplementary = binary ? '' : '_SC';
        if (!binary) collations.set(`${designator}_${sensitivity}_SC`, definition);
        collations.set(`${designator}_${sensitivity}${supplementary}_UTF8`, { ...definition, codePage: 65001 });
      }
    }
  return collations;
}

/** Every collation the stand-in knows, by SQL Server's name. */
export const collations: ReadonlyMap<string, CollationDefinition> = define();

/** Collation names don't differ by case: the name as SQL Server writes it, or undefined. */
export function findCollation(name: string): string | undefined {
  const wanted = name.toLowerCase();
  return [...collations.keys()].find((known) => known.toLowerCase() === wanted);
}

const quote = (name: string): string => `sys."${name}"`;

export const collationsSql = [...collations]
  .map(([name, { provider, locale }]) =>
    provider === 'icu'
      ? `CREATE COLLATION ${quote(name)} (provider = icu, locale = '${locale}', deterministic = false);`
      : `CREATE COLLATION ${quote(name)} (provider = builtin, locale = '${locale}');`,
  )
  .join('\n');
