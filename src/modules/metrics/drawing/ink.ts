import type { ShownColumn } from './figures.ts';

/** What a chart is drawn with. */
export interface Ink {
  text: string;
  quiet: string;
  line: string;
  ground: string;
  /** Eight that stay apart for colour-blind eyes; the same as in the web app. */
  series: readonly string[];
  other: string;
  /** 0 to 1 of the hottest. */
  heat(share: number): { ground: string; text: string };
}

/** Light and dark of each colour: after Okabe and Ito, for AA on the ground that they stand on. https://jfly.uni-koeln.de/color/ */
export const seriesColours: readonly (readonly [string, string])[] = [
  ['#0b6bb5', '#5aaef0'],
  ['#c8541a', '#f2905a'],
  ['#0a7d5c', '#3fc39b'],
  ['#a8508a', '#df93c4'],
  ['#8f6b00', '#e0b93a'],
  ['#2f8fb8', '#8fd0ee'],
  ['#5b4bb0', '#a99bf0'],
  ['#5f6b2f', '#b5c26f'],
];
export const otherColours = ['#8b837a', '#857d74'] as const;
/** The ramp of heat maps, in steps: text on the fainter ones is dark, on the fuller ones light, and the other way at night. */
export const heatSteps = 8;
const ramp = {
  light: [
    [0xee, 0xf4, 0xf9],
    [0x0b, 0x5c, 0x9c],
  ],
  dark: [
    [0x22, 0x2b, 0x33],
    [0x8f, 0xca, 0xf7],
  ],
} as const;

/** For a white slide or mail: needs nothing around it. */
export const paperInk: Ink = {
  text: '#211d1a',
  quiet: '#665f57',
  line: '#e9e5e0',
  ground: '#ffffff',
  series: seriesColours.map(([light]) => light),
  other: otherColours[0],
  heat: (share) => heatColour(stepOf(share), 'light'),
};

/** For a page whose stylesheet says the colours, by day and by night. */
export const pageInk: Ink = {
  text: 'var(--text)',
  quiet: 'var(--quiet)',
  line: 'var(--line)',
  ground: 'var(--surface)',
  series: seriesColours.map((_, index) => `var(--s${index + 1})`),
  other: 'var(--s0)',
  heat: (share) => ({ ground: `var(--h${stepOf(share)})`, text: `var(--t${stepOf(share)})` }),
};

function stepOf(share: number): number {
  return Math.round(Math.min(1, Math.max(0, share)) * heatSteps);
}

/** One hue from faint to full, and black or white on it, whichever has the greater contrast. */
export function heatColour(step: number, scheme: 'light' | 'dark'): { ground: string; text: string } {
  const [faint, full] = ramp[scheme];
  const parts = faint.map((from, index) => Math.round(from + ((full[index] ?? 0) - from) * (step / heatSteps)));
  const [red = 0, green = 0, blue = 0] = parts.map((part) => {
    const c = part / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  // Relative luminance, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance
  const light = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  const dark = (light + 0.05) / 0.05 >= 1.05 / (light + 0.05);
  return { ground: `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`, text: dark ? '#000000' : '#ffffff' };
}

export interface Series {
  key: string;
  title: string;
  type: ShownColumn['type'];
  colour: string;
}

/** Columns with their colours: a source has its own everywhere, what is "other" is grey. */
export function seriesOf(columns: readonly ShownColumn[], ink: Ink): Series[] {
  const own = columns.map(({ about }) => (about?.type === 'source' ? sourceColour(about.id, ink) : undefined));
  const taken = new Set(own.filter((colour) => colour !== undefined));
  const used = new Set<string>();
  return columns.map(({ key, title, type }, index) => {
    const wanted = own[index];
    let colour = wanted !== undefined && !used.has(wanted) ? wanted : undefined;
    if (key !== 'other') colour ??= ink.series.find((candidate) => !taken.has(candidate) && !used.has(candidate));
    if (colour !== undefined) used.add(colour);
    return { key, title, type, colour: colour ?? ink.other };
  });
}

function sourceColour(id: string, ink: Ink): string | undefined {
  const number = Number.parseInt(id.split('_')[1] ?? '', 36);
  return Number.isNaN(number) ? undefined : ink.series[(number - 1) % ink.series.length];
}
