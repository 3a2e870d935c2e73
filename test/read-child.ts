// A process that reads a source and kills itself in the middle: node test/read-child.ts <source> <fresh pages before the kill>.
// With 0 it reads to the end. Every page is written by itself. Settings come from the environment, as for the program.
import { openProgram } from '../src/entry/program.ts';
import { connectors } from '../src/connectors/registry.ts';
import { countOlder, dropOlder, dropSource, openTaker } from '../src/modules/activities/index.ts';
import { provideToSources, runSource } from '../src/modules/sources/index.ts';
import { readConfig } from '../src/platform/config.ts';
import { readId } from '../src/platform/ids.ts';

const [source = '', pages = '0'] = process.argv.slice(2);
let left = Number(pages);

provideToSources({
  connectors,
  dropSource,
  dropOlder,
  countOlder,
  // The written rows of a page are there, its transaction is not committed: the worst moment to die.
  openTaker(program, sourceId) {
    const taker = openTaker(program, sourceId);
    return {
      ...taker,
      async take(tx, records) {
        const taken = await taker.take(tx, records);
        if (records.length > 0 && left > 0 && --left === 0) process.kill(process.pid, 'SIGKILL');
        return taken;
      },
    };
  },
  findTarget: () => Promise.reject(new Error('Nothing is delivered here.')),
  whileReading: () => Promise.resolve(),
  afterReading: () => Promise.resolve(),
});

const program = await openProgram(readConfig(), { migrate: false });
const result = await runSource(program, readId('source', source), { cause: 'request', together: 1 });
await program.close();
if (result.state !== 'done') throw new Error(result.error ?? `The reading is ${result.state}.`);
