/**
 * Text from outside for a Markdown tooltip, also for a cell of a table: nothing in it is a link, an icon, HTML or any other syntax.
 * ASCII punctuation becomes character references, as a backslash would not keep `$(icon)` from being an icon.
 */
export function escapeMarkdown(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[!-/:-@[-`{-~]/g, (character) => `&#${character.charCodeAt(0)};`);
}
