import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { projectRoot } from '../src/platform/config.ts';
import { aside, atMost } from './figures.ts';
import type { Figure } from './figures.ts';

/** Script that a browser needs before it shows anything: what the page names, and what those name without being asked. */
export function benchWeb(): Figure[] {
  const built = path.join(projectRoot, 'dist/web');
  if (!existsSync(path.join(built, 'index.html'))) return [aside('web', 'first load, compressed script', 'not built: npm run build:web')];
  const html = readFileSync(path.join(built, 'index.html'), 'utf8');
  const open = [...html.matchAll(/(?:src|href)="([^"]+\.js)"/g)].map((match) => path.join(built, match[1] ?? ''));
  const seen = new Set<string>();
  let bytes = 0;
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (seen.has(file) || !existsSync(file)) continue;
    seen.add(file);
    const script = readFileSync(file);
    bytes += gzipSync(script).length;
    for (const match of script.toString().matchAll(/(?:from|import)\s*"(\.[^"]+\.js)"/g))
      open.push(path.resolve(path.dirname(file), match[1] ?? ''));
  }
  return [atMost('web', `first load, compressed script (${seen.size} files)`, bytes / 1024, 300, ' KB')];
}
