import { post, queryClient } from '../api.ts';
import { paths } from '../paths.ts';

/** Ends the session and forgets everything that was read with it. */
export async function signOut(): Promise<void> {
  await post('/api/auth/sign-out', {});
  queryClient.clear();
  window.location.assign(paths.signIn());
}
