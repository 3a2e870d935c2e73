/**
 * Eight colours that stay apart for colour-blind eyes (after Okabe and Ito, darkened or lightened for AA on the ground
 * they stand on); what comes after is "other". https://jfly.uni-koeln.de/color/
 */
export const series = [
  'light-dark(#0b6bb5, #5aaef0)',
  'light-dark(#c8541a, #f2905a)',
  'light-dark(#0a7d5c, #3fc39b)',
  'light-dark(#a8508a, #df93c4)',
  'light-dark(#8f6b00, #e0b93a)',
  'light-dark(#2f8fb8, #8fd0ee)',
  'light-dark(#5b4bb0, #a99bf0)',
  'light-dark(#5f6b2f, #b5c26f)',
] as const;

export const other = 'light-dark(#8b837a, #857d74)';

/** The same source has the same colour everywhere: by its number. */
export function colourOfSource(sourceId: string): string {
  const number = Number.parseInt(sourceId.split('_')[1] ?? '', 36);
  return Number.isNaN(number) ? other : (series[(number - 1) % series.length] ?? other);
}
