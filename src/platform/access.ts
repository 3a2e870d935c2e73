import { AppError, forbidden } from './errors.ts';

/** From least to most: each may do what the ones before may. */
export const roles = ['light_agent', 'agent', 'manager', 'administrator'] as const;
export type Role = (typeof roles)[number];

/**
 * Who may use an action. `anyone` needs no sign-in (sign-in itself, first visit, public pages).
 * One word for each action, sent to the web app too, so that a button and the server never disagree.
 */
export type Access = Role | 'anyone';

/** Who acts. The command line runs as `system`: whoever may read the data folder owns the instance. */
export type Actor =
  | { type: 'user'; id: string; name: string; role: Role }
  | { type: 'key'; id: string; name: string; role: Role; scopes: readonly string[] }
  | { type: 'automation'; id: string; name: string; role: Role }
  | { type: 'member'; id: string; name: string }
  | { type: 'webhook'; id: string; name: string }
  | { type: 'system'; name: string }
  | { type: 'anonymous' };

/** Where a call came in: shown in the audit trail. */
export type Origin = 'web' | 'api' | 'cli' | 'mcp' | 'automation' | 'job' | 'webhook';

export function roleOf(actor: Actor): Role | undefined {
  if (actor.type === 'system') return 'administrator';
  if (actor.type === 'user' || actor.type === 'key' || actor.type === 'automation') return actor.role;
  return undefined;
}

export function nameOf(actor: Actor): string {
  return actor.type === 'anonymous' ? 'Someone not signed in' : actor.name;
}

export function idOf(actor: Actor): string | undefined {
  return 'id' in actor ? actor.id : undefined;
}

export function hasRole(role: Role | undefined, wanted: Role): boolean {
  return role !== undefined && roles.indexOf(role) >= roles.indexOf(wanted);
}

/** What a key must carry to use an action: `members:read`, `members:write`; `read` and `write` stand for all modules. */
export function scopeOf(name: string, kind: 'query' | 'command'): string {
  return `${name.split('.')[0] ?? name}:${kind === 'query' ? 'read' : 'write'}`;
}

/** Errors: `unauthenticated`, `forbidden`, each saying what is missing. */
export function authorize(actor: Actor, action: { name: string; kind: 'query' | 'command'; access: Access }): void {
  if (action.access === 'anyone') return;
  const role = roleOf(actor);
  if (role === undefined) {
    throw new AppError('unauthenticated', 'unauthenticated', 'Sign in first, or send an API key as "Authorization: Bearer …".');
  }
  if (!hasRole(role, action.access)) {
    throw forbidden(`This needs the role ${action.access.replace('_', ' ')}; yours is ${role.replace('_', ' ')}. Ask an administrator.`);
  }
  if (actor.type === 'key') {
    const scope = scopeOf(action.name, action.kind);
    const general = action.kind === 'query' ? 'read' : 'write';
    if (!actor.scopes.includes(scope) && !actor.scopes.includes(general)) {
      throw forbidden(`This API key lacks the scope ${scope}. Make a key that has it under Settings, API keys.`);
    }
  }
}
