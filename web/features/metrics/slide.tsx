import interFont from '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2';
import { createRoot } from 'react-dom/client';
import type { ReactNode } from 'react';
import { flushSync } from 'react-dom';
import { barsOf } from './bars.ts';
import { drawn, lightOf, seriesOf } from './figures.ts';
import { gridOf } from './grid.ts';
import { slideInk } from './ink.ts';
import { windowTitle } from './period.ts';
import { PeriodChart } from './PeriodChart.tsx';
import { pointsOf } from './points.ts';
import type { Answer } from './question.ts';
import { shapeOf } from './shape.ts';
import { SlideBars, SlideFrame, SlideGrid, plot, slide } from './SlideParts.tsx';

export interface SlideWords {
  answer: Answer;
  before: Answer | undefined;
  /** The window and what is filtered, in words. */
  filters: string;
  source: string;
  date: string;
}

/** A report as one picture of 16 to 9 that can go on a slide as it is: an SVG document that needs nothing else. */
export async function drawSlide({ answer, before, filters, source, date }: SlideWords): Promise<string> {
  const shape = shapeOf(answer);
  const series = seriesOf(drawn(answer)).map((one) => ({ ...one, colour: lightOf(one.colour) }));
  const overTime = shape === 'line' || shape === 'stacked' || shape === 'bars';
  const frame = (content: ReactNode) => (
    <SlideFrame
      title={answer.report.title}
      question={answer.report.question}
      filters={filters}
      source={source}
      date={date}
      legend={overTime ? series : []}
      before={
        overTime && before !== undefined
          ? `${shape === 'stacked' && series.length > 1 ? 'before, all together' : 'before'}: ${windowTitle(before.window)}`
          : undefined
      }
    >
      {content}
    </SlideFrame>
  );
  if (shape === 'ranking') return withFont(await onPaper(frame(<SlideBars bars={barsOf(answer)} />)));
  if (shape === 'heatmap' || shape === 'cohorts')
    return withFont(await onPaper(frame(<SlideGrid grid={gridOf(answer)} asShare={shape === 'cohorts'} />)));
  const chart = await onPaper(
    <PeriodChart shape={shape} points={pointsOf(answer, before)} series={series} width={plot.width} height={plot.height} ink={slideInk} />,
  );
  return withFont(
    await onPaper(frame(<g dangerouslySetInnerHTML={{ __html: chart.replace(/^<svg/, `<svg x="${plot.x}" y="${plot.y}"`) }} />)),
  );
}

/** Draws out of sight, and takes the SVG that came of it. */
async function onPaper(content: ReactNode): Promise<string> {
  const paper = document.createElement('div');
  paper.style.cssText = `position:fixed;left:-10000px;top:0;width:${slide.width}px`;
  paper.setAttribute('aria-hidden', 'true');
  document.body.append(paper);
  const root = createRoot(paper);
  try {
    flushSync(() => root.render(content));
    // The chart measures its own words first.
    await nextFrame();
    await nextFrame();
    const drawing = paper.querySelector('svg');
    if (drawing === null) throw new Error('The picture could not be drawn. Reload the page and try again.');
    drawing.removeAttribute('style');
    drawing.removeAttribute('class');
    return new XMLSerializer().serializeToString(drawing);
  } finally {
    root.unmount();
    paper.remove();
  }
}

function nextFrame(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => resolve());
  });
}

/**
 * The font goes into the picture, which cannot reach the page's fonts; and only into its text, as the page itself loads
 * none from a data address.
 */
async function withFont(svg: string): Promise<string> {
  const bytes = new Uint8Array(await (await fetch(interFont)).arrayBuffer());
  let text = '';
  for (const byte of bytes) text += String.fromCodePoint(byte);
  const face = `@font-face{font-family:'Inter Variable';font-weight:100 900;src:url(data:font/woff2;base64,${btoa(text)}) format('woff2')}`;
  return svg.replace('</desc>', `</desc><style>${face}</style>`);
}

/** Hands the picture to the browser as a file; a PNG has twice the pixels, for large screens. */
export async function savePicture(svg: string, kind: 'png' | 'svg', name: string): Promise<void> {
  save(name, kind === 'svg' ? new Blob([svg], { type: 'image/svg+xml' }) : await paint(svg));
}

async function paint(svg: string): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = slide.width * 2;
  canvas.height = slide.height * 2;
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob === null ? reject(new Error('The picture could not be painted. Take the SVG instead.')) : resolve(blob)),
      'image/png',
    );
  });
}

function save(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
