/** T-SQL -> PostgreSQL, one statement at a time. `loadParser` must have resolved before anything else is called. */
export { loadParser } from './parse/parser';
export { checkSyntax, translate, Translator } from './translate';
