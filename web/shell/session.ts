import { queryOptions, useQuery } from '@tanstack/react-query';
import type { Access, Role } from '../../src/platform/access.ts';
import { actionOptions, get } from '../api.ts';
import type { ActionName, Output } from '../api.ts';

export type Session = Output<'access.session'>;

/** Who is signed in, how one can sign in, and the workspace. Read before anything is shown. */
export const sessionOptions = { ...actionOptions('access.session', {}), staleTime: 60_000 };

/** Which role each action needs: the server's own list. */
export const rulesOptions = queryOptions({
  queryKey: ['access.rules'],
  queryFn: async ({ signal }) => (await get('/api/rules', signal)) as Record<string, Access>,
  staleTime: Number.POSITIVE_INFINITY,
});

const order: readonly Role[] = ['light_agent', 'agent', 'manager', 'administrator'];

export const roleNames: Record<Role, string> = {
  light_agent: 'light agent',
  agent: 'agent',
  manager: 'manager',
  administrator: 'administrator',
};

export function useSession(): Session {
  const { data } = useQuery(sessionOptions);
  if (data === undefined) throw new Error('The session is read before the shell is shown.');
  return data;
}

function reaches(role: Role | null, access: Access): boolean {
  return access === 'anyone' || (role !== null && order.indexOf(role) >= order.indexOf(access));
}

export interface May {
  allowed: boolean;
  /** For a disabled button. */
  why: string | undefined;
}

/** Whether this person may use an action. */
export function useMay(name: ActionName): May {
  const { actor } = useSession();
  const access = useQuery(rulesOptions).data?.[name];
  if (access !== undefined && reaches(actor.role, access)) return { allowed: true, why: undefined };
  const needed =
    access === undefined || access === 'anyone'
      ? ''
      : ` It needs the role ${roleNames[access]}; yours is ${actor.role === null ? 'none' : roleNames[actor.role]}.`;
  return { allowed: false, why: `You cannot do this.${needed} Ask an administrator.` };
}

/** Whether the server has an action and this person may use it, for what is shown or hidden by name. */
export function useReach(): (action: string) => boolean {
  const { actor } = useSession();
  const rules = useQuery(rulesOptions).data;
  return (action) => {
    const access = rules?.[action];
    return access !== undefined && reaches(actor.role, access);
  };
}
