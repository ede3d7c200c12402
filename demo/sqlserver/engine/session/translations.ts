/** One T-SQL statement -> PostgreSQL, remembered for as long as the catalog that it was made with is the current one. */
import type { SqlType } from '../../contract';
import type { Catalog, ImageCapture, Translate, Translation, TranslationContext } from '../contract';
import type { SetOptions } from './options';
import type { Scope } from './scope';
import { SESSION_VARIABLES, updateTestVariable } from './sessionFunctions';
import type { Source } from './syntax';

/** Longer statements hold their data and won't come again. */
const LONGEST_REMEMBERED = 4000;
const MOST_REMEMBERED = 1000;

export interface TranslationCircumstances {
  readonly options: SetOptions;
  readonly scope: Scope;
  readonly readsWait: boolean;
  readonly identityInsert: number | undefined;
}

export class Translations {
  private remembered = new Map<string, Translation>();
  private catalog: Catalog | undefined;

  constructor(private readonly translate: Translate) {}

  of(catalog: Catalog, source: Source, circumstances: TranslationCircumstances, capture?: ImageCapture): Translation {
    const variables = variablesOf(source, circumstances.scope);
    const context = contextOf(catalog, variables, circumstances);
    if (source.text.length > LONGEST_REMEMBERED) return this.translate(source.text, context, capture);
    if (catalog !== this.catalog) {
      this.catalog = catalog;
      this.remembered = new Map();
    }
    const key = keyOf(source.text, context, capture);
    const known = this.remembered.get(key);
    if (known !== undefined) return known;
    const translation = this.translate(source.text, context, capture);
    if (this.remembered.size >= MOST_REMEMBERED) this.remembered = new Map();
    if (!translation.changesCatalog) this.remembered.set(key, translation);
    return translation;
  }
}

function variablesOf(source: Source, scope: Scope): ReadonlyMap<string, SqlType> {
  const variables = new Map<string, SqlType>([...SESSION_VARIABLES, ...scope.variables.types()]);
  source.updateTests.forEach((_, index) => variables.set(updateTestVariable(index), { name: 'int' }));
  return variables;
}

function contextOf(
  catalog: Catalog,
  variables: ReadonlyMap<string, SqlType>,
  { options, scope, readsWait, identityInsert }: TranslationCircumstances,
): TranslationContext {
  return {
    catalog,
    variables,
    transitions: scope.trigger?.transitions,
    quotedIdentifier: options.quotedIdentifier,
    readsWait,
    rowCountLimit: options.rowcount,
    identityInsert,
  };
}

function keyOf(text: string, context: TranslationContext, capture: ImageCapture | undefined): string {
  const used: string[] = [];
  for (const [name] of text.matchAll(/@[^\s@,;()=<>+\-*/%.'"[\]]+/g)) {
    const type = context.variables.get(name.toLowerCase());
    if (type !== undefined)
      used.push(`${name.toLowerCase()} ${type.name} ${type.length ?? ''} ${type.precision ?? ''} ${type.scale ?? ''}`);
  }
  return [
    text,
    context.quotedIdentifier,
    context.readsWait,
    context.rowCountLimit,
    context.identityInsert ?? '',
    context.transitions?.inserted ?? '',
    capture?.inserted ?? '',
    ...used,
  ].join('\0');
}
