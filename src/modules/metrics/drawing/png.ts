import { createRequire } from 'node:module';
import { renderAsync } from '@resvg/resvg-js';

const require = createRequire(import.meta.url);
const fontFiles = [
  require.resolve('@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf'),
  require.resolve('@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf'),
];

/** Inter writes Latin, Greek and Cyrillic: for others the fonts of this machine are looked through, which takes longer. */
const beyondInter = /[^ -\u058f\u1e00-\u2bff]/u;

/**
 * A picture from an SVG document, drawn beside the event loop, without a browser. `pixels`: its width.
 * https://github.com/thx/resvg-js
 */
export async function paint(svg: string, pixels: number): Promise<Buffer> {
  const image = await renderAsync(svg, {
    fitTo: { mode: 'width', value: pixels },
    font: { fontFiles, loadSystemFonts: beyondInter.test(svg), defaultFontFamily: 'Inter' },
  });
  return image.asPng();
}
