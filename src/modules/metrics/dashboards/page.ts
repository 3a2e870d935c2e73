import { chartElement } from '../drawing/chart.ts';
import { barsShown } from '../drawing/bars.ts';
import { figureIn, formatDay, formatFigure, formatWindow, isFigure, shapeOf, showCell } from '../drawing/figures.ts';
import type { ShownReport } from '../drawing/figures.ts';
import { pageInk } from '../drawing/ink.ts';
import { markup } from '../drawing/markup.ts';
import type { Markup } from '../drawing/markup.ts';
import type { Plot } from '../drawing/over-time.ts';
import { leftOutWords } from './answer.ts';
import type { Answered } from './answer.ts';
import { publicPrefix } from './links.ts';
import type { PublicCard, PublicDashboard } from './public.ts';
import { tooFew } from './suppress.ts';

/** A dashboard as a page that needs no script: each chart with its table beside. Colours come with the stylesheet. */
export function drawPage(dashboard: PublicDashboard): string {
  const { title, about, window, workspace, day, cards, indexed } = dashboard;
  const accent = workspace.accent === null ? '' : `?accent=${workspace.accent.slice(1)}`;
  return markup`<!doctype html>
<html lang="en">
${headOf(
  `${title} · ${workspace.name}`,
  markup`${about !== '' && markup`<meta name="description" content="${about}">`}${!indexed && markup`<meta name="robots" content="noindex, nofollow">`}`,
  accent,
)}
<body>
<header class="top">
<p class="workspace">${workspace.logo !== null && markup`<img src="${workspace.logo}" alt="" height="28">`}${workspace.name}</p>
<h1>${title}</h1>
${about !== '' && markup`<p class="about">${about}</p>`}
<p class="when">${window !== undefined && markup`${window}. `}As of <time datetime="${day}">${formatDay(day)}</time>.</p>
</header>
<main>${cards.map((card, index) => drawCard(card, index))}</main>
<footer>Figures are sums over many people; groups of fewer than five are not shown. Made with Rapport.</footer>
</body>
</html>
`.markup;
}

/** A page of a few words, with a form where there is something to decide. */
export function plainPage(title: string, text: string, button: string | undefined): string {
  return markup`<!doctype html>
<html lang="en">
${headOf(title, markup`<meta name="robots" content="noindex">`)}
<body><main class="plain"><h1>${title}</h1><p>${text}</p>${
    button !== undefined && markup`<form method="post"><button>${button}</button></form>`
  }</main></body></html>
`.markup;
}

function headOf(title: string, more: Markup, accent = ''): Markup {
  return markup`<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
${more}
<meta name="color-scheme" content="light dark">
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${publicPrefix}/style.css${accent}">
</head>`;
}

function drawCard(card: PublicCard, index: number): Markup {
  if (card.type === 'text') return markup`<section class="card ${card.width} words">${paragraphs(card.text)}</section>`;
  const id = `card-${index + 1}`;
  return markup`<section class="card ${card.width}" aria-labelledby="${id}"><h2 id="${id}">${card.title}</h2>${
    'instead' in card ? markup`<p class="instead">${card.instead}</p>` : drawAnswer(card.answer, card.view, card.width, id)
  }</section>`;
}

function drawAnswer({ shown, before }: Answered, view: 'chart' | 'figures' | 'table', width: string, id: string): Markup {
  const { report, rows, notes } = shown;
  const table = drawTable(shown, id);
  return markup`<p class="question">${report.question} <span>${formatWindow(shown.window)}</span></p>${drawHeadline(shown)}${
    view === 'chart' && rows.length > 0 && drawCharts(shown, before, width)
  }${rows.length === 0 ? markup`<p class="instead">Nothing in this window.</p>` : view === 'table' ? table : view === 'chart' && markup`<details><summary>The numbers</summary>${table}</details>`}<details><summary>How it is reckoned</summary><p>${report.definition}</p>${notes.map((note) => markup`<p>${note}</p>`)}<p>${leftOutWords(shown)}</p><p>Source: ${
    report.source.url === undefined
      ? report.source.title
      : markup`<a href="${report.source.url}" rel="noreferrer">${report.source.title}</a>`
  }</p></details>`;
}

function drawHeadline({ headline, previous, span }: ShownReport): Markup {
  const known = span !== null && previous.to >= span.from;
  return markup`<dl class="figures">${headline.map((line) => {
    const value = line.value === null && line.counts === 'people' ? tooFew : formatFigure(line.value, line.type);
    const before = line.previous === null && line.counts === 'people' ? tooFew : formatFigure(line.previous, line.type);
    return markup`<div><dt>${line.title}</dt><dd><b>${value}</b>${known && line.previous !== null && markup` <span>${before} before</span>`}</dd></div>`;
  })}</dl>`;
}

/** Drawn twice, for a wide screen and for a phone: words in a picture that is only made smaller cannot be read. */
function drawCharts(shown: ShownReport, before: ShownReport | undefined, width: string): Markup {
  const shape = shapeOf(shown);
  const plots: [string, Plot][] = [
    ['wide', { width: width === 'full' ? 1080 : width === 'half' ? 520 : 340, height: 280, size: 12, ink: pageInk }],
    ['narrow', { width: 340, height: 240, size: 11, ink: pageInk }],
  ];
  return markup`${plots.map(([kind, plot]) => chartElement(shown, before, { ...plot, height: heightOf(shown, shape, plot) }, `chart ${kind}`))}`;
}

function heightOf(shown: ShownReport, shape: ReturnType<typeof shapeOf>, plot: Plot): number {
  if (shape === 'ranking') return Math.ceil(barsShown(shown, { ...plot, height: 400 }) * plot.size * 2);
  return shape === 'grid' ? Math.ceil(plot.size * 2 + shown.rows.length * plot.size * 2) : plot.height;
}

const mostRows = 400;

function drawTable(shown: ShownReport, id: string): Markup {
  const { columns } = shown;
  const rows = shown.rows.slice(0, mostRows);
  const empty = (key: string) => rows.every((row) => row.cells[key] === null || row.cells[key] === '');
  const drawn = columns.filter((column) => isFigure(column.type) || !empty(column.key));
  return markup`<div class="scroll" tabindex="0" role="region" aria-labelledby="${id}"><table><thead><tr>${drawn.map(
    (column) => markup`<th scope="col"${isFigure(column.type) && markup` class="figure"`}>${column.title}</th>`,
  )}</tr></thead><tbody>${rows.map(
    (row) =>
      markup`<tr>${drawn.map((column) =>
        isFigure(column.type)
          ? markup`<td class="figure">${figureIn(row, column.key) === null && typeof row.cells[column.key] !== 'string' ? '–' : showCell(row, column)}</td>`
          : markup`<td>${showCell(row, column)}</td>`,
      )}</tr>`,
  )}</tbody></table></div>${shown.rows.length > rows.length && markup`<p>The first ${rows.length} of ${shown.rows.length} rows.</p>`}`;
}

function paragraphs(text: string): Markup {
  return markup`${text.split(/\n{2,}/).map((part) => markup`<p>${part.split('\n').map((line, index) => markup`${index > 0 && markup`<br>`}${line}`)}</p>`)}`;
}
