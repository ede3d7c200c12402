/** The names that a mistyped one most likely stands for. */

/** All of `names`, the most similar to `wanted` first; equally similar ones in their own order. */
export function bySimilarity(wanted: string, names: readonly string[]): readonly string[] {
  const target = wanted.toLowerCase();
  return names
    .map((name) => ({ name, distance: distanceOf(target, name.toLowerCase()) }))
    .sort((one, other) => one.distance - other.distance)
    .map(({ name }) => name);
}

/** Share of letters to change (Levenshtein), 0 to 1; a name that holds the other one counts as near. */
function distanceOf(one: string, other: string): number {
  const longest = Math.max(one.length, other.length, 1);
  const share = editDistance(one, other) / longest;
  const holds = one !== '' && other !== '' && (one.includes(other) || other.includes(one));
  return holds ? share / 2 : share;
}

function editDistance(one: string, other: string): number {
  const counterparts = Array.from(other);
  let row = [0, ...counterparts.map((_, column) => column + 1)];
  for (const [line, letter] of Array.from(one).entries()) {
    const next = [line + 1];
    for (const [column, counterpart] of counterparts.entries()) {
      const replaced = (row[column] ?? 0) + (letter === counterpart ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[counterparts.length] ?? 0;
}
