import { readdirSync } from 'node:fs';
import path from 'node:path';
import { cruise } from 'dependency-cruiser';
import type { ICruiseResult } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { rules } from './boundary-rules.ts';

// Checks the rules of direction. A cruiser that cannot read the sources reports no violation either: so it must have seen
// every file that is there.
const root = path.resolve(import.meta.dirname, '..');
const folders = ['src', 'web'];
const files = folders.flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && /\.tsx?$/.test(entry.name),
  ),
);

const { forbidden = [], options = {} } = rules;
const answer = await cruise(folders, { ...options, baseDir: root, ruleSet: { forbidden }, validate: true }, undefined, {
  tsConfig: extractTSConfig(path.join(root, 'tsconfig.json')),
});
const { modules, summary } = answer.output as ICruiseResult;
const seen = modules.filter((module) => /^(src|web)\/.*\.tsx?$/.test(module.source)).length;
const dependencies = modules.reduce((sum, module) => sum + module.dependencies.length, 0);

for (const violation of summary.violations) {
  process.stdout.write(
    `${violation.rule.name}: ${violation.from} → ${violation.to}${violation.cycle === undefined ? '' : ` → ${violation.cycle.map((step) => step.name).join(' → ')}`}\n`,
  );
}
const blind = seen < files.length * 0.98 || dependencies < files.length;
if (blind)
  process.stdout.write(
    `The cruiser saw ${seen} of ${files.length} files and ${dependencies} dependencies: it did not look at everything.\n`,
  );
process.stdout.write(`${seen} files, ${dependencies} dependencies, ${summary.violations.length} violations.\n`);
process.exitCode = blind || summary.violations.length > 0 ? 1 : 0;
