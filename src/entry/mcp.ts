import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { FastifyInstance } from 'fastify';
import type { Auth } from '../modules/access/index.ts';
import { authorize } from '../platform/access.ts';
import type { Actor } from '../platform/access.ts';
import { callAction } from '../platform/action.ts';
import type { Action } from '../platform/action.ts';
import type { Program } from '../platform/context.ts';
import { AppError, describeError } from '../platform/errors.ts';
import { actions, findAction } from './actions.ts';
import { inputSchema } from './openapi.ts';
import { toHeaders } from './request.ts';
import { version } from './version.ts';

/**
 * The actions as tools for assistants (Model Context Protocol), with the caller's own permissions: only what the actor may
 * use is listed. Over HTTP at `/mcp` with an API key, stateless; over standard input and output by `rapport mcp`.
 * https://modelcontextprotocol.io/specification
 */
export function mountMcp(app: FastifyInstance, program: Program, auth: Auth): void {
  app.post('/mcp', { config: { rateLimit: { max: 600, timeWindow: '1 minute' } } }, async (request, reply) => {
    const actor = await auth.actorOf(toHeaders(request));
    if (actor.type === 'anonymous')
      throw new AppError('unauthenticated', 'unauthenticated', 'Send an API key: "Authorization: Bearer rapport_…".');
    const server = createServer(program, actor);
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
    reply.hijack();
    request.raw.on('close', () => void server.close());
    await server.connect(transport as Transport);
    await transport.handleRequest(request.raw, reply.raw, request.body);
  });
}

/** Serves until the other side closes standard input. */
export async function serveMcpOverStdio(program: Program): Promise<void> {
  const server = createServer(program, { type: 'system', name: 'assistant on this machine' });
  const closed = new Promise<void>((resolve) => {
    process.stdin.once('end', resolve);
    process.stdin.once('close', resolve);
  });
  await server.connect(new StdioServerTransport());
  await closed;
}

function createServer(program: Program, actor: Actor): Server {
  const server = new Server({ name: 'rapport', version }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: actions.filter((action) => action.access !== 'anyone' && mayUse(actor, action)).map(describeTool),
  }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
    const action = findAction(params.name.replace('__', '.'));
    if (action === undefined || action.access === 'anyone')
      return failure(new AppError('not_found', 'not_found', `There is no tool ${params.name}.`));
    try {
      const result = await callAction(program, { actor, origin: 'mcp' }, action, params.arguments ?? {});
      return { content: [{ type: 'text', text: JSON.stringify(result) }] };
    } catch (error) {
      return failure(error);
    }
  });
  return server;
}

function failure(error: unknown) {
  const { message, code, complaints } = describeError(error).body.error;
  return { isError: true, content: [{ type: 'text', text: JSON.stringify({ code, message, complaints }) }] };
}

function describeTool(action: Action) {
  const schema = inputSchema(action);
  return {
    // Clients accept letters, digits, _ and - only.
    name: action.name.replace('.', '__'),
    description: action.summary,
    inputSchema: schema['type'] === 'object' ? { ...schema, type: 'object' as const } : { type: 'object' as const },
    annotations: { readOnlyHint: action.kind === 'query' },
  };
}

function mayUse(actor: Actor, action: Action): boolean {
  try {
    authorize(actor, action);
    return true;
  } catch {
    return false;
  }
}
