import { spawnSync } from 'node:child_process';
import path from 'node:path';

// Every check runs, also after one has failed: one run tells all there is to mend.
const root = path.resolve(import.meta.dirname, '..');
const failed = ['lint', 'format', 'types', 'boundaries', 'dead', 'docs:check'].filter((check) => {
  process.stdout.write(`\n— ${check}\n`);
  return spawnSync('npm', ['run', '--silent', check], { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' }).status !== 0;
});
process.stdout.write(
  failed.length === 0 ? '\nAll checks passed.\n' : `\nFailed: ${failed.join(', ')}. Run one alone with npm run <name>.\n`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
