// A process that erases somebody, brings them back, or goes on with either, and kills itself in the middle:
// node test/erase-child.ts erase|restore <id> <steps before the kill>, node test/erase-child.ts go-on - <steps>.
import { actions } from '../src/entry/actions.ts';
import { openProgram } from '../src/entry/program.ts';
import { goOnErasing } from '../src/modules/members/index.ts';
import { provideScripted } from '../src/modules/members/privacy/privacy.testing.ts';
import { given, provideToMembers } from '../src/modules/members/provided.ts';
import { callAction } from '../src/platform/action.ts';
import type { Action, Caller } from '../src/platform/action.ts';
import { readConfig } from '../src/platform/config.ts';

const [what = '', id = '', steps = '1'] = process.argv.slice(2);
let left = Number(steps);
function dieInTime(): void {
  if (--left === 0) process.kill(process.pid, 'SIGKILL');
}

provideScripted();
const { history, ...rest } = given();
provideToMembers({
  ...rest,
  history: {
    ...history,
    // Everything of the step is written, its transaction is not committed.
    hideNext: (program, erased, note) =>
      history.hideNext(program, erased, async (tx, activities) => {
        await note(tx, activities);
        dieInTime();
      }),
    // The step is committed, nobody was told.
    async restoreNext(program, erased) {
      const done = await history.restoreNext(program, erased);
      dieInTime();
      return done;
    },
  },
});

const program = await openProgram(readConfig(), { migrate: false });
const caller: Caller = { actor: { type: 'system', name: 'Test' }, origin: 'cli' };
const all: readonly Action[] = actions;
const call = (name: string, input: unknown) => {
  const action = all.find((one) => one.name === name);
  if (action === undefined) throw new Error(`There is no action ${name}.`);
  return callAction(program, caller, action, input);
};
if (what === 'erase') await call('members.erase', { id });
else if (what === 'restore') await call('members.restore', { erasure: id });
else await goOnErasing(program, new AbortController().signal);
await program.close();
