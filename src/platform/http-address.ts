import { lookup as resolveName } from 'node:dns/promises';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { invalidInput, upstreamFailed } from './errors.ts';

/**
 * Whether an address is out on the internet. Private, loopback, link-local, carrier-grade NAT, multicast, reserved
 * and tunnelled ranges are not; an IPv4 address inside an IPv6 one is judged as what it is.
 */
export function isPublicAddress(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast';
}

/**
 * The address that a request may be sent to. Errors: `http.address_refused` for anything but http(s) with a plain host.
 */
export function readHttpUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw refused(`"${text.slice(0, 200)}" is not a web address: enter one that begins with https://.`);
  }
  if (url.username !== '' || url.password !== '') {
    throw refused(`The address of ${url.host} holds a user name or password: remove it and use the field for it.`);
  }
  return url;
}

/** The host of a URL as it resolves: without the brackets of IPv6, lower case. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
}

/**
 * Resolves a host and checks every address it has: one inner address among outer ones is refused too, since which
 * of them is used would be up to whoever runs that name. The answer is what to connect to, so that a name which
 * changes its mind between check and connection gains nothing.
 * Errors: `http.address_refused`; `http.unresolved` when the name is not known.
 */
export async function resolvePublic(host: string, allowPrivateHosts: readonly string[]): Promise<{ address: string; family: number }[]> {
  const found = isIP(host) > 0 ? [{ address: host, family: isIP(host) }] : await resolveHost(host);
  if (allowPrivateHosts.includes(host)) return found;
  const inner = found.find(({ address }) => !isPublicAddress(address));
  if (inner !== undefined) {
    const seen = inner.address === host ? '' : ` (it resolves to ${inner.address})`;
    throw refused(`${host}${seen} is not on the public internet. If it is meant, the administrator can add it to ALLOW_PRIVATE_HOSTS.`);
  }
  return found;
}

async function resolveHost(host: string): Promise<{ address: string; family: number }[]> {
  try {
    return await resolveName(host, { all: true, verbatim: true });
  } catch (error) {
    throw upstreamFailed('http.unresolved', `The name ${host} is not known. Check the spelling, or the network of this machine.`, error);
  }
}

function refused(message: string) {
  return invalidInput('http.address_refused', message);
}
