// Writes src/platform/schema.gen.ts from a migrated database: node scripts/generate-schema.mjs postgres://…
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const url = process.argv[2];
if (url === undefined) throw new Error('Give the address of a migrated database: node scripts/generate-schema.mjs postgres://…');
const file = path.join(root, 'src/platform/schema.gen.ts');
const made = spawnSync(
  process.execPath,
  [
    path.join(root, 'node_modules/kysely-codegen/dist/cli/bin.js'),
    '--url',
    url,
    '--dialect',
    'postgres',
    '--out-file',
    file,
    '--default-schema',
    'public',
    '--date-parser',
    'string',
    '--numeric-parser',
    'number',
    '--exclude-pattern',
    '(jobs|pgboss).*',
  ],
  { stdio: 'inherit' },
);
if (made.status !== 0) process.exit(made.status ?? 1);
// The driver reads bigint as number (see platform/db.ts).
const text = readFileSync(file, 'utf8').replace(
  /export type Int8 = .*;/,
  'export type Int8 = ColumnType<number, bigint | number | string, bigint | number | string>;',
);
writeFileSync(file, text);
