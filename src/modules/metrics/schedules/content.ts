import type { Context } from '../../../platform/context.ts';
import { AppError } from '../../../platform/errors.ts';
import type { MailAttachment } from '../../../platform/mail.ts';
import { readWorkspace } from '../../access/index.ts';
import { reportCalled } from '../actions.ts';
import { dayIn } from '../calendar.ts';
import { answerAsk, leftOutWords } from '../dashboards/answer.ts';
import { askOf } from '../dashboards/cards.ts';
import type { Card, StoredAsk } from '../dashboards/cards.ts';
import { publicUrl } from '../dashboards/links.ts';
import { formatFigure, formatWindow, isFigure, showCell } from '../drawing/figures.ts';
import type { ShownReport } from '../drawing/figures.ts';
import { markup } from '../drawing/markup.ts';
import type { Markup } from '../drawing/markup.ts';
import { paint } from '../drawing/png.ts';
import { pictureOf } from '../picture.ts';
import { windowTitle } from '../windows.ts';

/** What is sent: reports with their pictures, and the texts between them. */
export interface Sending {
  title: string;
  about: string;
  /** Path of the page that shows the same, and more. */
  path: string;
  cards: readonly Card[];
  filters: StoredAsk;
}

/** The same for everybody that it goes to. */
export interface Content {
  text: string;
  html: Markup;
  pictures: ReportPicture[];
  link: string;
}

export interface ReportPicture extends MailAttachment {
  /** For who cannot see it. */
  alt: string;
}

/** The last line of what is sent. */
export function linkLine(link: string): string {
  return `See it in Rapport: ${link}`;
}

/** A mail holds so many pictures and rows: there is a link to the rest. */
const mostPictures = 12;
const mostRows = 15;
const pixels = 1200;

/** Asks all of it as of now, and draws it. */
export async function makeContent(context: Context, sending: Sending): Promise<Content> {
  const workspace = await readWorkspace(context.db);
  const today = dayIn(workspace.timeZone, context.clock.now());
  const link = `${publicUrl(context)}${sending.path}`;
  const { period } = sending.filters;
  const window = period === undefined ? '' : windowTitle(period, today, workspace.fiscalYearStartMonth);
  const pictures: ReportPicture[] = [];
  const texts: string[] = [];
  const parts: Markup[] = [];
  for (const card of sending.cards) {
    if (card.type === 'text') {
      texts.push(card.text);
      parts.push(markup`<p style="margin:20px 0;white-space:pre-line">${card.text}</p>`);
      continue;
    }
    const ask = askOf(card, sending.filters);
    const drawn = await drawReport(context, card.report, card.title, ask, pictures).catch((error: unknown) => {
      // A segment that is gone spoils one card, not the mail.
      if (error instanceof AppError) return { text: error.message, html: markup`<p>${error.message}</p>` };
      throw error;
    });
    const title = card.title ?? reportCalled(card.report).title;
    texts.push(`${title}\n${drawn.text}`);
    parts.push(markup`<h2 style="font-size:18px;margin:28px 0 4px">${title}</h2>${drawn.html}`);
  }
  return {
    link,
    pictures,
    text: [sending.about, window, ...texts, linkLine(link)].filter((part) => part !== '').join('\n\n'),
    html: markup`${sending.about !== '' && markup`<p style="margin:0 0 4px">${sending.about}</p>`}${window !== '' && markup`<p style="margin:0;color:#665f57">${window}</p>`}${parts}<p style="margin:28px 0"><a href="${link}" style="color:#0b6bb5">See it in Rapport</a>, where every number opens to what it was counted from.</p>`,
  };
}

async function drawReport(
  context: Context,
  report: string,
  title: string | undefined,
  ask: StoredAsk,
  pictures: ReportPicture[],
): Promise<{ text: string; html: Markup }> {
  const answered = await answerAsk(context, reportCalled(report), ask);
  const { shown } = answered;
  let image: Markup | undefined;
  if (pictures.length < mostPictures && shown.rows.length > 0) {
    const cid = `chart-${pictures.length + 1}@rapport`;
    const content = await paint(await pictureOf(context, answered, ask, title), pixels);
    const alt = `Chart: ${title ?? shown.report.title}.`;
    pictures.push({ name: `${report}-${shown.window.from}-${shown.window.to}.png`, mediaType: 'image/png', content, cid, alt });
    image = markup`<img src="cid:${cid}" width="600" alt="${alt} The numbers are below." style="display:block;width:100%;max-width:600px;height:auto;border:1px solid #e9e5e0">`;
  }
  const figures = headlineWords(shown);
  return {
    text: [shown.report.question, formatWindow(shown.window), ...figures, leftOutWords(shown)].join('\n'),
    html: markup`<p style="margin:0 0 8px;color:#665f57">${shown.report.question} ${formatWindow(shown.window)}.</p><p style="margin:0 0 10px">${figures.map((line) => markup`${line}<br>`)}</p>${image}${drawRows(shown)}<p style="margin:6px 0 0;font-size:12px;color:#665f57">${leftOutWords(shown)}</p>`,
  };
}

/** `Active members: 120 (100 before)`. */
function headlineWords({ headline, previous, span }: ShownReport): string[] {
  const known = span !== null && previous.to >= span.from;
  return headline.map((line) => {
    const before = known && line.previous !== null ? ` (${formatFigure(line.previous, line.type)} before)` : '';
    return `${line.title}: ${formatFigure(line.value, line.type)}${before}`;
  });
}

/** The newest rows of what is over time, the first of all others. */
function drawRows({ columns, rows, report }: ShownReport): Markup {
  // Hours and cohorts are too broad for a mail: their picture has every number.
  if (columns.length > 9) return markup``;
  const overTime = columns.find((column) => column.key === report.chart.x)?.type === 'period';
  const some = overTime ? rows.slice(-mostRows) : rows.slice(0, mostRows);
  const cell = 'padding:4px 12px 4px 0;border-bottom:1px solid #e9e5e0;font-size:13px';
  return markup`<table style="border-collapse:collapse;margin-top:10px"><tr>${columns.map(
    (column) => markup`<th style="${cell};text-align:${isFigure(column.type) ? 'right' : 'left'}">${column.title}</th>`,
  )}</tr>${some.map(
    (row) =>
      markup`<tr>${columns.map((column) => markup`<td style="${cell};text-align:${isFigure(column.type) ? 'right' : 'left'}">${showCell(row, column)}</td>`)}</tr>`,
  )}</table>${some.length < rows.length && markup`<p style="margin:4px 0 0;font-size:12px;color:#665f57">${some.length} of ${rows.length} rows.</p>`}`;
}
