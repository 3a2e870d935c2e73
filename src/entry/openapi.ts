import { z } from 'zod';
import type { Action } from '../platform/action.ts';
import { scopeOf } from '../platform/access.ts';
import { errorKinds } from '../platform/errors.ts';

type JsonSchema = Record<string, unknown>;

/** JSON Schema of what an action takes, as a client sends it. */
export function inputSchema(action: Action): JsonSchema {
  return schemaOf(action.input, 'input');
}

function outputSchema(action: Action): JsonSchema {
  return schemaOf(action.output, 'output');
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as JsonSchema;
  return rest;
}

/** The OpenAPI 3.1 document of every action: https://spec.openapis.org/oas/v3.1.1 */
export function openApiDocument(actions: readonly Action[], version: string): JsonSchema {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Rapport',
      version,
      description:
        'Every action of Rapport: what a button does, this API, the command line and an assistant can do too, with the same permission, validation and audit.',
    },
    servers: [{ url: '/' }],
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'An API key made under Settings, API keys.' },
        session: { type: 'apiKey', in: 'cookie', name: 'rapport.session_token', description: 'The cookie of a signed-in browser.' },
      },
      schemas: { Error: errorSchema },
    },
    security: [{ key: [] }, { session: [] }],
    tags: [...new Set(actions.map((action) => moduleOf(action)))].map((name) => ({ name })),
    paths: Object.fromEntries(actions.map((action) => [`/api/${action.name}`, pathOf(action)])),
  };
}

const errorSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['kind', 'code', 'message'],
      properties: {
        kind: { enum: Object.keys(errorKinds) },
        code: { type: 'string', description: 'Stable: programs may rely on it.' },
        message: { type: 'string', description: 'What is wrong and what to do.' },
        complaints: {
          type: 'array',
          items: { type: 'object', properties: { path: { type: 'string' }, message: { type: 'string' } } },
        },
        requestId: { type: 'string' },
      },
    },
  },
};

function moduleOf(action: Action): string {
  return action.name.split('.')[0] ?? action.name;
}

function pathOf(action: Action): JsonSchema {
  const answers = {
    '200': { description: 'Done.', content: { 'application/json': { schema: outputSchema(action) } } },
    default: {
      description: 'It was refused or failed.',
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
    },
  };
  const shared = {
    tags: [moduleOf(action)],
    summary: action.summary,
    description:
      action.access === 'anyone'
        ? 'Needs no sign-in.'
        : `Needs the role ${action.access.replace('_', ' ')}; a key needs the scope ${scopeOf(action.name, action.kind)}.`,
    ...(action.access === 'anyone' ? { security: [] } : {}),
    responses: answers,
  };
  const post = {
    ...shared,
    operationId: action.name,
    requestBody: { required: action.kind === 'command', content: { 'application/json': { schema: inputSchema(action) } } },
  };
  if (action.kind === 'command') return { post };
  const get = {
    ...shared,
    operationId: `${action.name}.get`,
    parameters: [
      {
        name: 'input',
        in: 'query',
        required: false,
        description: 'The input as JSON.',
        content: { 'application/json': { schema: inputSchema(action) } },
      },
    ],
  };
  return { get, post };
}
