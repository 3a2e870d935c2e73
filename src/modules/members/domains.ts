import providers from 'email-providers/all.json' with { type: 'json' };

/** Providers that the maintained list lacks. */
const moreProviders =
  'posteo.de posteo.net fastmail.com fastmail.fm fastmail.org fastmail.us tutanota.com tuta.io disroot.org riseup.net pm.me proton.me hey.com duck.com cock.li';

/** Where forges, communities and machines hand out addresses: nobody's employer. */
const forges =
  'github.com users.noreply.github.com noreply.github.com users.noreply.gitlab.com noreply.gitlab.com users.noreply.codeberg.org noreply.codeberg.org noreply.gitea.io ' +
  'users.sourceforge.net users.sf.net bots.noreply.github.com alum.mit.edu alumni.stanford.edu acm.org ieee.org computer.org usenix.org member.fsf.org users.berlios.de gnu.org.noreply';

const free = new Set<string>([...providers, ...moreProviders.split(' '), ...forges.split(' ')]);

/** A domain as people write it (`https://www.Acme.com/`, `@acme.com`) as it is stored, or undefined when it is none. */
export function normaliseDomain(text: string): string | undefined {
  const host = text
    .trim()
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, '')
    .replace(/^.*@/, '')
    .replace(/^www\./, '')
    .replace(/[/:?#].*$/, '')
    .replace(/\.$/, '');
  try {
    const ascii = new URL(`http://${host}`).hostname;
    return /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}$/.test(ascii) ? ascii : undefined;
  } catch {
    return undefined;
  }
}

/** Anybody can have an address there: it says nothing about where somebody works. */
export function isPublicDomain(domain: string): boolean {
  return (
    parents(domain).some((one) => free.has(one)) ||
    domain.includes('noreply') ||
    /\.(?:local|localdomain|lan|internal|invalid|example|test|home|arpa)$/.test(domain) ||
    /(?:^|\.)example\.(?:com|net|org)$/.test(domain)
  );
}

/** `a.b.acme.com` → itself, `b.acme.com`, `acme.com`: the nearest one that belongs to somebody counts. */
export function parents(domain: string): string[] {
  const labels = domain.split('.');
  return labels.slice(0, -1).map((_, i) => labels.slice(i).join('.'));
}

/** The domain of an address, or undefined. */
export function domainOf(email: string): string | undefined {
  const at = email.lastIndexOf('@');
  return at <= 0 || at === email.length - 1 ? undefined : email.slice(at + 1);
}
