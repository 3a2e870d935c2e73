import { drawChart } from './chart.ts';
import type { ShownReport } from './figures.ts';
import { paperInk as ink } from './ink.ts';
import { markup } from './markup.ts';
import { cut } from './words.ts';

const slide = { width: 1200, height: 675, margin: 48 };

export interface SlideWords {
  /** What the card is called, where that is not the report's own title. */
  title?: string | undefined;
  /** The window and what is filtered, in words. */
  filters: string;
  /** Where the figures come from and who is left out. */
  source: string;
  /** When it was made. */
  date: string;
}

/** A report as one picture of 16 to 9, for a mail or a slide: title, question, filters, chart, source, date. An SVG document. */
export function drawSlide(report: ShownReport, before: ShownReport | undefined, words: SlideWords): string {
  const { width, height, margin } = slide;
  const room = width - 2 * margin;
  const title = words.title ?? report.report.title;
  const plot = { width: room, height: height - 232, size: 14, ink };
  return markup`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="Inter, Arial, sans-serif"><title>${title}</title><desc>${report.report.question} ${words.filters}</desc><rect width="${width}" height="${height}" fill="${ink.ground}"/><text x="${margin}" y="66" font-size="30" font-weight="600" fill="${ink.text}">${cut(title, 30, room)}</text><text x="${margin}" y="96" font-size="17" fill="${ink.text}">${cut(report.report.question, 17, room)}</text><text x="${margin}" y="122" font-size="14" fill="${ink.quiet}">${cut(words.filters, 14, room)}</text><g transform="translate(${margin} 152)">${drawChart(report, before, plot)}</g><text x="${margin}" y="${height - 34}" font-size="12" fill="${ink.quiet}">${cut(words.source, 12, room - 140)}</text><text x="${width - margin}" y="${height - 34}" font-size="12" fill="${ink.quiet}" text-anchor="end">${words.date}</text></svg>`
    .markup;
}
