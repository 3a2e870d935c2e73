/** The colours and sizes that a chart is drawn with beside its series. */
export interface Ink {
  text: string;
  quiet: string;
  line: string;
  axis: string;
  hover: string;
  ground: string;
  font: string;
  /** Of the words at the axes, in pixels. */
  size: number;
}

/** On the page: follows light and dark. */
export const pageInk: Ink = {
  text: 'var(--text)',
  quiet: 'var(--quiet)',
  line: 'var(--line)',
  axis: 'light-dark(#c8c1b8, #4a443e)',
  hover: 'light-dark(#f4f2ef, #2a2622)',
  ground: 'var(--surface)',
  font: 'inherit',
  size: 12,
};

/** In a picture: for a white slide, with nothing that needs the page. */
export const slideInk: Ink = {
  text: '#211d1a',
  quiet: '#665f57',
  line: '#e9e5e0',
  axis: '#c8c1b8',
  hover: '#f4f2ef',
  ground: '#ffffff',
  font: "'Inter Variable', Inter, Arial, sans-serif",
  size: 18,
};
