/** What must hold in every history, by the words that a failure is told with. */
export const invariants = {
  converges: '1 every product of the table is in the catalogue as it is, in the end and after an upload',
  confirmed: '2 no change is acknowledged that was not confirmed, and none disappears but by a discard',
  order:
    '3 requests: one at a time for a product, at most 200 products, none without a session, no runs side by side, and no upload ends with an unknown outcome',
  oneWriter: '4 only the holder of the writer lock sends, and another takes over after its death',
  poison: '5 a poison product delays no other one by more than one tick',
  rests: '6 the engine always comes to rest, with bounded requests',
} as const;

export type InvariantName = (typeof invariants)[keyof typeof invariants];
