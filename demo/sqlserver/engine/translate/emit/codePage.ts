/** Which characters char and varchar can hold. */
import { collations, findCollation } from '../../postgres/prelude/collations';

/** The Windows code page of a collation; 65001 is UTF-8. */
export function codePageOf(collation: string): number {
  return collations.get(collation)?.codePage ?? 1252;
}

export { findCollation };
