import { Command, CommanderError, Option } from 'commander';
import { describeSettings, readConfig, readRoles } from '../platform/config.ts';
import { AppError } from '../platform/errors.ts';
import { addBackup } from './commands/backup.ts';
import { addBench } from './commands/bench.ts';
import { addCall } from './commands/call.ts';
import { addDatabase } from './commands/database.ts';
import { addDemo } from './commands/demo.ts';
import { addDoctor } from './commands/doctor.ts';
import { addImport } from './commands/import.ts';
import { withProgram } from './commands/shared.ts';
import { serveMcpOverStdio } from './mcp.ts';
import { start } from './start.ts';
import { createTerminal, exitCodeOf, reportError, table } from './terminal.ts';
import { version } from './version.ts';

/** Runs one command and resolves to its exit code. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  const terminal = createTerminal(args.includes('--json'));
  const cli = new Command('rapport')
    .description('A self-hosted workbench for Developer Relations teams.')
    .version(version)
    .addOption(new Option('--json', 'print results as JSON'))
    .exitOverride()
    .showHelpAfterError('(rapport --help lists the commands)');

  cli
    .command('start')
    .description('run the program: web app, API and background work')
    .option('--roles <roles>', 'what this process does: web, worker or web,worker')
    .option('--port <port>', 'port to listen on')
    .action(async (options: { roles?: string; port?: string }) => {
      const config = readConfig();
      await start({
        ...config,
        ...(options.roles === undefined ? {} : { roles: readRoles(options.roles) }),
        ...(options.port === undefined ? {} : { port: readPort(options.port) }),
      });
    });

  cli
    .command('config')
    .description('list every setting with its default and meaning')
    .action(() => {
      const settings = describeSettings();
      terminal.result(
        table(
          ['setting', 'default', 'meaning'],
          settings.map((s) => [s.name, s.default, s.meaning]),
        ),
        settings,
      );
    });

  cli
    .command('mcp')
    .description('serve the actions to an assistant over standard input and output (Model Context Protocol)')
    .action(() => withProgram(serveMcpOverStdio, { quiet: true }));

  addImport(cli, terminal);
  addDemo(cli, terminal);
  addDoctor(cli, terminal);
  addDatabase(cli, terminal);
  addBackup(cli, terminal);
  addBench(cli, terminal);
  addCall(cli, terminal);
  everywhere(cli, (command) => command.addOption(new Option('--json', 'print results as JSON').hideHelp()));

  try {
    await cli.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    terminal.endProgress();
    // Commander has printed its own message already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    reportError(terminal, error);
    return exitCodeOf(error);
  }
}

function readPort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new AppError('invalid_input', 'config.port', `"${text}" is not a port: use a number from 0 to 65535.`);
  return port;
}

function everywhere(command: Command, apply: (command: Command) => void): void {
  for (const child of command.commands) {
    apply(child);
    everywhere(child, apply);
  }
}
