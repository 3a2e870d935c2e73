import { runCommandLine } from './entry/cli.ts';

process.exitCode = await runCommandLine(process.argv.slice(2));
