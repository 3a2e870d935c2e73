import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { authorize, idOf, nameOf } from './access.ts';
import type { Access, Actor, Origin } from './access.ts';
import type { AuditNote, Context, Program } from './context.ts';
import { transaction } from './db.ts';
import type { Db, OpenTransaction } from './db.ts';
import { invalidInput } from './errors.ts';
import { cursorInvalid } from './page.ts';
import { recordFact } from './facts.ts';

/**
 * One thing that a user, the API, the command line, an automation or an assistant can do, defined once. From it come the
 * typed call, `POST /api/<name>`, the OpenAPI document, the web's client, the command, the MCP tool and the audit row.
 */
export interface Action<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  /** `members.merge`: the module, then the verb. */
  name: string;
  /** A query changes nothing and answers GET too. A command is audited. */
  kind: 'query' | 'command';
  access: Access;
  /** One sentence, shown in the API reference, in the command's help and to assistants. */
  summary: string;
  input: I;
  output: O;
  /** A command that calls other systems opens its own transactions: no HTTP call happens inside one. */
  transaction?: false;
  /** Commands that only keep the program going (reading state) may leave no trace. Say why beside it. */
  audited?: false;
  run(context: Context, input: z.output<I>): Promise<z.input<O>>;
}

export type Input<A extends Action> = z.input<A['input']>;
export type Output<A extends Action> = z.output<A['output']>;

const namePattern = /^[a-z][a-z-]*\.[a-z][a-z-]*$/;

/** The name stays a literal type, so that the web app's client knows each action's input and output by its name. */
export function defineAction<const N extends string, I extends z.ZodType, O extends z.ZodType>(
  action: Action<I, O> & { name: N },
): Action<I, O> & { name: N } {
  if (!namePattern.test(action.name)) throw new Error(`"${action.name}" is not an action name: use module.verb in lower case.`);
  return action;
}

/** Who calls, from where. */
export interface Caller {
  actor: Actor;
  origin: Origin;
  requestId?: string;
}

/** Runs an action for a caller: authorize, validate, transaction, run, facts and audit with it, answer. */
export async function callAction<A extends Action>(program: Program, caller: Caller, action: A, input: unknown): Promise<Output<A>> {
  authorize(caller.actor, action);
  const parsed = parseInput(action, input);
  if (action.kind === 'query' || action.transaction === false) {
    const context = createContext(program, caller, undefined);
    if (action.kind === 'command') unaudited.set(context, { action, input });
    const result = await action.run(context, parsed).catch((error: unknown) => {
      throw isBadCursor(parsed, error) ? cursorInvalid() : error;
    });
    if (unaudited.has(context)) await writeAudit(context, context.db, action, input);
    return answer(action, result);
  }
  const result = await transaction(program.database, (tx) => runInside(program, caller, tx, action, parsed, input));
  return answer(action, result);
}

/** A cursor that somebody made up may hold words where the list has times and numbers: the database says so (SQLSTATE class 22). */
function isBadCursor(parsed: unknown, error: unknown): boolean {
  const hasCursor = typeof parsed === 'object' && parsed !== null && 'cursor' in parsed && typeof parsed.cursor === 'string';
  return hasCursor && error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('22');
}

async function runInside(
  program: Program,
  caller: Caller,
  tx: OpenTransaction,
  action: Action,
  parsed: unknown,
  input: unknown,
): Promise<unknown> {
  const context = createContext(program, caller, tx);
  const result = await action.run(context, parsed);
  await writeAudit(context, context.db, action, input);
  return result;
}

const notes = new WeakMap<Context, AuditNote>();
/** Commands that commit on their own, until their entry is written. */
const unaudited = new WeakMap<Context, { action: Action; input: unknown }>();

/** The context of a call; jobs and fact handlers make theirs here too. */
export function createContext(program: Program, caller: Caller, tx: OpenTransaction | undefined): Context {
  const requestId = caller.requestId ?? randomUUID();
  const context: Context = {
    ...program,
    actor: caller.actor,
    origin: caller.origin,
    requestId,
    log: program.log.child({ requestId }),
    db: tx?.db ?? program.database.db,
    tx,
    async call(action, input) {
      const nested = { ...caller, requestId };
      if (tx === undefined || action.transaction === false) return callAction(program, nested, action, input);
      authorize(caller.actor, action);
      return answer(action, await runInside(program, nested, tx, action, parseInput(action, input), input));
    },
    fact: (name, payload) => recordFact(context, name, payload),
    audit(entry) {
      notes.set(context, { ...notes.get(context), ...entry });
    },
    async auditWith(step, entry) {
      context.audit(entry);
      const call = unaudited.get(context);
      if (call === undefined) return;
      unaudited.delete(context);
      await writeAudit(context, step.db, call.action, call.input);
    },
  };
  return context;
}

function parseInput<A extends Action>(action: A, input: unknown): z.output<A['input']> {
  const parsed = readable(() => action.input.safeParse(withoutNul(input ?? {})));
  if (parsed.success) return parsed.data as z.output<A['input']>;
  const complaints = parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
  throw invalidInput(
    'input.invalid',
    `Please correct: ${complaints.map((c) => (c.path === '' ? c.message : `${c.path}: ${c.message}`)).join('; ')}.`,
    complaints,
  );
}

/** Nothing that a person means is nested thousands deep. Errors: `input.too_deep`. */
function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) throw invalidInput('input.too_deep', 'The input is nested too deep to be read.');
    throw error;
  }
}

// oxlint-disable-next-line no-control-regex -- PostgreSQL's text cannot hold the character NUL
const nul = /\u0000/g;

/** The same value without the character NUL, which no text that a person means has. Copies only where there is one. */
function withoutNul(value: unknown): unknown {
  if (typeof value === 'string') return value.includes('\u0000') ? value.replace(nul, '') : value;
  if (Array.isArray(value)) return value.map(withoutNul);
  // Dates and the like come from callers in this process: they hold no text.
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withoutNul(item)]));
}

function answer<A extends Action>(action: A, result: unknown): Output<A> {
  // An answer of the wrong shape is our own bug: it surfaces as an internal error, and the parse drops what is not declared.
  return action.output.parse(result) as Output<A>;
}

async function writeAudit(context: Context, db: Db, action: Action, input: unknown): Promise<void> {
  if (action.kind === 'query' || action.audited === false) return;
  const note = notes.get(context) ?? {};
  await db
    .insertInto('audit_entry')
    .values({
      actor_type: context.actor.type,
      actor_id: idOf(context.actor) ?? null,
      actor_name: nameOf(context.actor),
      origin: context.origin,
      action: action.name,
      subject: note.subject ?? null,
      summary: note.summary ?? null,
      input: JSON.stringify(withoutSecrets(action.input, input ?? {})),
      before: note.before === undefined ? null : JSON.stringify(note.before),
      after: note.after === undefined ? null : JSON.stringify(note.after),
      request_id: context.requestId,
      at: context.clock.now(),
    })
    .execute();
}

const secretNames = /password|secret|token|authorization|code$/i;

/** A copy of the input with every field that is declared or looks secret blotted out, and long texts cut. */
function withoutSecrets(schema: z.ZodType, value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return value.length > 2000 ? `${value.slice(0, 2000)}…` : value;
  if (typeof value !== 'object' || value === null) return value;
  if (depth > 6) return '…';
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => withoutSecrets(schema, item, depth + 1));
  const shape = schema instanceof z.ZodObject ? (schema.shape as Record<string, z.ZodType>) : {};
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const field = shape[name];
      const secret = secretNames.test(name) || field?.meta()?.['secret'] === true;
      return [name, secret ? '•••' : withoutSecrets(field ?? schema, item, depth + 1)];
    }),
  );
}
