import { post, queryClient } from '../../api.ts';
import { sessionOptions } from '../../shell/session.ts';

/** What sign-in needs next. */
export type Step = 'done' | 'two-factor';

/** Errors: `ApiError`, with a sentence that does not say which of the two was wrong. */
export async function signIn(email: string, password: string): Promise<Step> {
  const answer = (await post('/api/auth/sign-in/email', { email, password })) as { twoFactorRedirect?: boolean };
  return answer.twoFactorRedirect === true ? 'two-factor' : 'done';
}

export async function verifySecondFactor(code: string, trustDevice: boolean): Promise<void> {
  const plain = code.replace(/\s/g, '');
  if (/^\d{6}$/.test(plain)) await post('/api/auth/two-factor/verify-totp', { code: plain, trustDevice });
  else await post('/api/auth/two-factor/verify-backup-code', { code: plain, trustDevice });
}

/** Leads to the provider; it comes back to `next`. */
export async function signInByProvider(next: string): Promise<void> {
  const answer = (await post('/api/auth/sign-in/social', { provider: 'oidc', callbackURL: next, errorCallbackURL: '/sign-in' })) as {
    url?: string;
  };
  if (answer.url !== undefined) window.location.assign(answer.url);
}

/** Who is here changed: what was read as somebody else is forgotten. */
export async function enter(): Promise<void> {
  queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== 'access.session' });
  await queryClient.fetchQuery({ ...sessionOptions, staleTime: 0 });
}

/** Only a place in this app: `//evil.example` and `https:` are not. */
export function safeNext(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])/.test(next) && !next.startsWith('/sign-in') ? next : '/';
}

/** What follows # in a link: it reaches no server log. */
export function tokenInAddress(): string {
  return window.location.hash.slice(1);
}
