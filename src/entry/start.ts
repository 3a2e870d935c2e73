import { ensureSetupToken } from '../modules/access/index.ts';
import type { Config } from '../platform/config.ts';
import { onStopSignal } from '../platform/stop-signal.ts';
import { conflict } from '../platform/errors.ts';
import { createHttp } from './http.ts';
import { releaseMemoryAtRest } from '../platform/memory.ts';
import { openProgram } from './program.ts';

/** Runs until told to stop: web, worker or both. Prints the address, and one line that says what to do next. */
export async function start(config: Config): Promise<void> {
  // Before the database starts: told to stop in between, it is left as cleanly.
  const stopped = new Promise<string>((resolve) => void onStopSignal(resolve));
  const program = await openProgram(config);
  const endReleasing = releaseMemoryAtRest();
  try {
    if (config.roles.has('worker')) await program.jobs.work(program);
    if (config.roles.has('web')) {
      const publicUrl = config.publicUrl ?? `http://${config.host === '0.0.0.0' ? 'localhost' : config.host}:${config.port}`;
      const app = await createHttp(program, publicUrl);
      await app.listen({ host: config.host, port: config.port }).catch((error: unknown) => {
        throw explain(error, config);
      });
      const address = app.server.address();
      const port = typeof address === 'object' && address !== null ? address.port : config.port;
      const url = config.publicUrl ?? publicUrl.replace(/:\d+$/, `:${port}`);
      const link = await ensureSetupToken(program, url);
      process.stdout.write(
        link === undefined
          ? `Rapport runs at ${url}. Open it and sign in.\n`
          : `Rapport runs at ${url}. Open ${link} to make it yours (this link works once).\n`,
      );
      await stopped;
      await app.close();
    } else {
      process.stdout.write('Rapport works in the background. Start another with --roles web to serve people.\n');
      await stopped;
    }
  } finally {
    endReleasing();
    await program.close();
  }
}

function explain(error: unknown, config: Config): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const place = `${config.host}:${config.port}`;
  if (error.code === 'EADDRINUSE') {
    return conflict(
      'start.port_taken',
      `${place} is in use, perhaps by a Rapport that runs already: open it there. Or set PORT to another port.`,
    );
  }
  if (error.code === 'EACCES')
    return conflict('start.port_forbidden', `This account may not listen on ${place}. Set PORT to one above 1023.`);
  return error;
}
