import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { callAction } from '../../platform/action.ts';
import type { Action } from '../../platform/action.ts';
import { scopeOf } from '../../platform/access.ts';
import { AppError, notFound } from '../../platform/errors.ts';
import { actions, findAction } from '../actions.ts';
import { inputSchema } from '../openapi.ts';
import { table } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import { operator, withProgram } from './shared.ts';

/** Every action as a command: `rapport call members.list --text ada`, and the modules' own words: `rapport members list`. */
export function addCall(cli: Command, terminal: Terminal): void {
  cli
    .command('actions')
    .description('list every action')
    .action(() => {
      const rows = actions.map((action) => ({
        name: action.name,
        kind: action.kind,
        access: action.access,
        scope: scopeOf(action.name, action.kind),
        summary: action.summary,
      }));
      terminal.result(
        table(
          ['action', 'kind', 'needs', 'what it does'],
          rows.map((row) => [row.name, row.kind, row.access, row.summary]),
        ),
        rows,
      );
    });

  cli
    .command('call <action> [input]')
    .description("run any action: input as JSON, or '-' to read it from standard input")
    .action(async (name: string, input: string | undefined) => {
      const action = findAction(name);
      if (action === undefined) throw notFound('action', `${name} (\`rapport actions\` lists them)`);
      const text = input === '-' ? readFileSync(0, 'utf8') : (input ?? '{}');
      await run(terminal, action, parseJson(text));
    });

  const modules = new Map<string, Command>();
  for (const action of actions) {
    const [moduleName = '', verb = ''] = action.name.split('.');
    let parent = modules.get(moduleName);
    if (parent === undefined) {
      parent =
        cli.commands.find((command) => command.name() === moduleName) ?? cli.command(moduleName).description(`actions of ${moduleName}`);
      modules.set(moduleName, parent);
    }
    addVerb(parent, verb, action, terminal);
  }
  addUserCommand(cli, terminal);
}

interface Property {
  type?: string;
  description?: string;
  enum?: string[];
  items?: unknown;
}

/** Flags from the input's fields: text, numbers and lists as they are, anything deeper as JSON. */
function addVerb(parent: Command, verb: string, action: Action, terminal: Terminal): void {
  const { properties = {}, required = [] } = inputSchema(action) as { properties?: Record<string, Property>; required?: string[] };
  const command = parent.command(verb).description(action.summary);
  for (const [name, property] of Object.entries(properties)) {
    const flag = `--${kebab(name)}`;
    const note = [property.description, property.enum?.join(', '), required.includes(name) ? '(required)' : undefined]
      .filter(Boolean)
      .join(' ');
    command.option(property.type === 'boolean' ? `${flag} [yes]` : `${flag} <${property.type ?? 'value'}>`, note);
  }
  command.action(async (options: Record<string, string | boolean>) => {
    const input: Record<string, unknown> = {};
    for (const [name, property] of Object.entries(properties)) {
      const given = options[camel(kebab(name))];
      if (given !== undefined) input[name] = readFlag(property, given);
    }
    await run(terminal, action, input);
  });
}

function addUserCommand(cli: Command, terminal: Terminal): void {
  const createUser = findAction('access.create-user');
  if (createUser !== undefined) addVerb(cli.command('user').description('people who may sign in'), 'create', createUser, terminal);
}

async function run(terminal: Terminal, action: Action, input: unknown): Promise<void> {
  const result = await withProgram((program) => callAction(program, operator, action, input), { quiet: true });
  terminal.result(present(result), result);
}

/** A list of flat rows reads best as a table; everything else as JSON. */
function present(result: unknown): string {
  if (typeof result === 'object' && result !== null) {
    const lists = Object.entries(result).filter(
      (entry): entry is [string, Record<string, unknown>[]] =>
        Array.isArray(entry[1]) && entry[1].every((item) => typeof item === 'object' && item !== null),
    );
    const [only] = lists;
    if (lists.length === 1 && only !== undefined) {
      if (only[1].length === 0) return `No ${only[0]}.`;
      const columns = Object.keys(only[1][0] ?? {})
        .filter((name) => only[1].some((row) => isPlain(row[name])))
        .slice(0, 9);
      const rest = 'next' in result && typeof result.next === 'string' ? `\n(more: --cursor ${result.next})` : '';
      return (
        table(
          columns,
          only[1].map((row) => columns.map((name) => cell(row[name]))),
        ) + rest
      );
    }
  }
  return JSON.stringify(result, null, 2);
}

/** Fits a cell: a value, or something that has a name. Addresses of pictures do not. */
function isPlain(value: unknown): boolean {
  if (typeof value === 'object') return value !== null && 'name' in value;
  return value !== undefined && !(typeof value === 'string' && value.startsWith('http'));
}

function nameOf(value: object): string {
  return typeof value === 'object' && 'name' in value ? String(value.name) : JSON.stringify(value);
}

function cell(value: unknown): string | number | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return value;
  const text = typeof value === 'string' ? value : nameOf(value as object);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

function readFlag(property: Property, given: string | boolean): unknown {
  if (typeof given === 'boolean') return given;
  if (property.type === 'boolean') return given === 'true' || given === 'yes';
  if (property.type === 'number' || property.type === 'integer') return Number(given);
  if (property.type === 'array') return given.startsWith('[') ? parseJson(given) : given.split(',').map((part) => part.trim());
  if (property.type === 'string') return given;
  return /^[[{"]|^(true|false|null|-?\d+(\.\d+)?)$/.test(given) ? parseJson(given) : given;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('invalid_input', 'input.not_json', `This is not JSON: ${text.slice(0, 80)}`, { cause });
  }
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function camel(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
