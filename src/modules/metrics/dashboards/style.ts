import { heatColour, heatSteps, otherColours, seriesColours } from '../drawing/ink.ts';

/** The stylesheet of public pages, with the colour of the workspace (`e4572e`) where that can be read on the ground. */
export function pageStyle(accent: string | undefined): string {
  return `:root{color-scheme:light dark;${colours('light')}--accent:${accent === undefined ? '#c8441d' : `#${accent}`}}
@media (prefers-color-scheme:dark){:root{${colours('dark')}--accent:${accent === undefined ? '#ff7a52' : `#${accent}`}}}
${rules}`;
}

function colours(scheme: 'light' | 'dark'): string {
  const at = scheme === 'light' ? 0 : 1;
  const ground = scheme === 'light' ? '#faf8f6' : '#171412';
  const plain = scheme === 'light' ? ['#211d1a', '#665f57', '#e4dfd9', '#ffffff'] : ['#f1ece7', '#aaa198', '#37312c', '#201c19'];
  const named = ['text', 'quiet', 'line', 'surface'].map((name, index) => `--${name}:${plain[index] ?? ''}`);
  const series = seriesColours.map((pair, index) => `--s${index + 1}:${pair[at]}`);
  const heat = Array.from({ length: heatSteps + 1 }, (_, step) => {
    const one = heatColour(step, scheme);
    return `--h${step}:${one.ground};--t${step}:${one.text}`;
  });
  return `${[`--ground:${ground}`, ...named, `--s0:${otherColours[at]}`, ...series, ...heat].join(';')};`;
}

const rules = `@font-face{font-family:"Inter Variable";font-weight:100 900;font-display:swap;src:url(/public/inter.woff2) format("woff2")}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--text);font:15px/1.5 "Inter Variable",Inter,system-ui,sans-serif;font-variant-numeric:tabular-nums}
.top,main,footer{max-width:1180px;margin:0 auto;padding:0 24px}
.top{padding-top:28px;border-top:4px solid var(--accent);max-width:none}
.top>*{max-width:1132px;margin-left:auto;margin-right:auto}
.workspace{display:flex;align-items:center;gap:10px;margin-top:0;font-weight:600}
.workspace img{height:28px;width:auto}
h1{font-size:28px;line-height:1.2;margin-top:18px;margin-bottom:6px;letter-spacing:-.01em}
.about{margin-top:0;margin-bottom:4px;font-size:17px}
.when,.question span,footer,.instead{color:var(--quiet)}
.when{margin-top:0;margin-bottom:20px}
main{display:grid;grid-template-columns:repeat(6,minmax(0,1fr));gap:16px}
.card{grid-column:span 6;background:var(--surface);border:1px solid var(--line);border-radius:10px;padding:18px 20px;min-width:0}
.card.half{grid-column:span 3}
.card.third{grid-column:span 2}
.card.words{background:none;border:0;padding:4px 0}
h2{font-size:17px;margin:0}
.question{margin:2px 0 12px}
.question span{white-space:nowrap}
.figures{display:flex;flex-wrap:wrap;gap:8px 28px;margin:0 0 14px}
.figures div{min-width:0}
dt{color:var(--quiet);font-size:13px}
dd{margin:0}
dd b{font-size:20px;font-weight:600;letter-spacing:-.01em}
dd span{color:var(--quiet);font-size:13px}
.chart{display:block;width:100%;height:auto;font-family:inherit;margin:4px 0 10px}
.narrow{display:none}
summary{cursor:pointer;color:var(--quiet);font-size:13px;padding:4px 0}
summary:focus-visible,.scroll:focus-visible,a:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
details p{margin:6px 0;font-size:14px;max-width:75ch}
a{color:inherit}
.scroll{overflow-x:auto;max-height:420px}
table{border-collapse:collapse;font-size:13px;min-width:100%}
th,td{text-align:left;padding:5px 14px 5px 0;border-bottom:1px solid var(--line);white-space:nowrap}
th{position:sticky;top:0;background:var(--surface);font-weight:600}
.figure{text-align:right}
main.plain{display:block;padding-top:48px}
button{font:inherit;padding:8px 16px;border:0;border-radius:6px;background:var(--text);color:var(--surface);cursor:pointer}
button:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
footer{font-size:13px;padding-top:28px;padding-bottom:40px}
@media (max-width:760px){main{display:block}.card{margin-bottom:14px;padding:16px}.top,main,footer{padding-left:16px;padding-right:16px}.wide{display:none}.narrow{display:block}}
@media print{.card{break-inside:avoid}}
`;
