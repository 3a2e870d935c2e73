/** The colours that a chart is drawn with beside its series: they follow light and dark. */
export const ink = {
  text: 'var(--text)',
  quiet: 'var(--quiet)',
  line: 'var(--line)',
  axis: 'light-dark(#c8c1b8, #4a443e)',
  hover: 'light-dark(#f4f2ef, #2a2622)',
  ground: 'var(--surface)',
} as const;
