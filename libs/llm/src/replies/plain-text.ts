/** What a screen would not show as a character of its own, or would turn the text around with. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]+/gu;

/** Text from outside as one line of plain text: no control characters, no runs of blanks. */
export function plainText(text: string): string {
  return text.replace(UNSEEN, ' ').replace(/\s+/gu, ' ').trim();
}
