import type { Actor } from '../../platform/access.ts';
import type { Auth } from './index.ts';

/** What a browser does with sign-in: keeps cookies, and says where its page came from. */
export interface Browser {
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  get(url: string): Promise<Response>;
  actor(): Promise<Actor>;
}

export function browser(auth: Auth, address: string, from: string): Browser {
  const cookies = new Map<string, string>();

  async function send(request: Request): Promise<Response> {
    const response = await auth.handler(request);
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '' || /max-age=0/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  }

  function headersOf(more: Record<string, string>): Headers {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return new Headers({ 'x-forwarded-for': from, ...(cookie === '' ? {} : { cookie }), ...more });
  }

  return {
    post: (path, body, headers = {}) =>
      send(
        new Request(`${address}/api/auth${path}`, {
          method: 'POST',
          body: JSON.stringify(body),
          headers: headersOf({ 'content-type': 'application/json', origin: address, ...headers }),
        }),
      ),
    get: (url) => send(new Request(url, { headers: headersOf({}), redirect: 'manual' })),
    actor: () => auth.actorOf(headersOf({})),
  };
}
