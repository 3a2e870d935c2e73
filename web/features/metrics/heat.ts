/** One hue from faint to full, and the text on it with the greater contrast: at least 4.58 to 1 on any ground. */

type Colour = readonly [number, number, number];

const ramps: Record<'light' | 'dark', readonly [Colour, Colour]> = {
  light: [
    [0xee, 0xf4, 0xf9],
    [0x0b, 0x5c, 0x9c],
  ],
  dark: [
    [0x22, 0x2b, 0x33],
    [0x8f, 0xca, 0xf7],
  ],
};

export interface Heat {
  ground: string;
  text: string;
}

/** `share` from 0 to 1 of the largest. */
export function heatOf(share: number, scheme: 'light' | 'dark'): Heat {
  const [faint, full] = ramps[scheme];
  const at = Math.min(1, Math.max(0, share));
  const mix = (part: 0 | 1 | 2) => Math.round(faint[part] + (full[part] - faint[part]) * at);
  const mixed: Colour = [mix(0), mix(1), mix(2)];
  const light = luminance(mixed);
  return { ground: hex(mixed), text: (light + 0.05) / 0.05 >= 1.05 / (light + 0.05) ? '#000000' : '#ffffff' };
}

/** For a style attribute: both schemes at once. */
export function heatStyle(share: number): { background: string; color: string } {
  const light = heatOf(share, 'light');
  const dark = heatOf(share, 'dark');
  return { background: `light-dark(${light.ground}, ${dark.ground})`, color: `light-dark(${light.text}, ${dark.text})` };
}

function hex(colour: Colour): string {
  return `#${colour.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** Relative luminance, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance([r, g, b]: Colour): number {
  const part = (value: number) => {
    const c = value / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
}
