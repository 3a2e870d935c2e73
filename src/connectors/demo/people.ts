/** The people of the demo community: made up, the same each time, plainly not real (their addresses end in `.example`). */
export interface DemoPerson {
  number: number;
  name: string;
  handle: string;
  email: string;
  /** Index of the organization, or none. */
  organization: number | undefined;
  location: string;
  /** Days after the community's first day. */
  joins: number;
  leaves: number;
  /** Chance of doing something on a day. */
  zeal: number;
  /** Whether one e-mail ties their accounts together; else people have to say that they are one. */
  tied: boolean;
  bot: boolean;
}

export const communityDays = 730;

const first =
  'Ada Amara Anders Aiko Bela Bruno Chen Chidi Clara Dana Deniz Elif Emeka Farah Felix Gita Hana Hugo Ines Ivan Jana Jorge Kaito Kwame Lena Liam Lucía Mei Milan Nadia Noah Olu Paula Priya Quentin Rosa Sami Sofia Tariq Thuy Uma Viktor Wanjiru Ximena Yara Yusuf Zoë Łukasz Øystein Šárka'.split(
    ' ',
  );
const last =
  'Abe Adeyemi Almeida Andersson Bakker Banerjee Castillo Chowdhury Dubois Eze Ferrari Fischer García Haddad Hansen Ito Ivanova Jansen Kaya Kim Kowalski Kumar Larsen Lê Li Lopes Martin Mbeki Moreau Müller Nakamura Nguyễn Novák Okafor Oliveira Park Petrov Popescu Rossi Sato Schmidt Silva Singh Sørensen Tanaka Tremblay Usman Vasquez Wang Yılmaz'.split(
    ' ',
  );
const places = [
  'Berlin',
  'Lagos',
  'São Paulo',
  'Bengaluru',
  'Tokyo',
  'Paris',
  'Nairobi',
  'Warsaw',
  'Toronto',
  'Austin',
  'Hanoi',
  'Lima',
  'Istanbul',
  'Oslo',
  'Seoul',
];

export const organizations = [
  { name: 'Demo Works', domain: 'demoworks.example', kind: 'ours' as const },
  ...[
    'Initrode',
    'Umbrella Labs',
    'Globex Cloud',
    'Vandelay Data',
    'Hooli Systems',
    'Stark Compute',
    'Wayne Digital',
    'Acme Robotics',
    'Soylent Foods',
    'Cyberdyne Tools',
  ].map((name) => ({ name, domain: `${name.toLowerCase().replaceAll(' ', '')}.example`, kind: 'company' as const })),
  { name: 'University of Demoville', domain: 'uni-demoville.example', kind: 'university' as const },
];

/** A number in [0, 1) that depends on nothing but its arguments. 32-bit mixing after MurmurHash3's finalizer. */
export function chance(...parts: number[]): number {
  let h = 0x9e3779b9;
  for (const part of parts) {
    h = Math.imul(h ^ part, 0x85ebca6b);
    h ^= h >>> 13;
    h = Math.imul(h, 0xc2b2ae35);
    h ^= h >>> 16;
  }
  return (h >>> 0) / 4_294_967_296;
}

export function pick<T>(list: readonly T[], share: number): T {
  return list[Math.min(list.length - 1, Math.floor(share * list.length))] as T;
}

export const people: readonly DemoPerson[] = Array.from({ length: 2000 }, (_, number) => {
  const given = pick(first, chance(number, 1));
  const family = pick(last, chance(number, 2));
  const plain = `${given}${family}`
    .normalize('NFKD')
    .replace(/[^a-z]/gi, '')
    .toLowerCase();
  const bot = number === 7 || number === 77;
  const ours = number < 25;
  const employed = ours || chance(number, 3) < 0.35;
  const organization = ours ? 0 : employed ? 1 + Math.floor(chance(number, 4) ** 1.7 * (organizations.length - 1)) : undefined;
  const handle = bot ? (number === 7 ? 'demo-bot' : 'release-bot') : `${plain.slice(0, 12)}${number}`;
  // The community grows: later days bring more people than early ones.
  const joins = ours ? 0 : Math.floor(chance(number, 5) ** 0.7 * communityDays);
  const stays = ours || bot ? 10_000 : 20 + Math.floor(-Math.log(1 - chance(number, 6)) * 220);
  const domain = organization === undefined ? 'mail.example' : (organizations[organization]?.domain ?? 'mail.example');
  return {
    number,
    name: bot ? handle : `${given} ${family}`,
    handle,
    email: `${plain}.${number}@${domain}`,
    organization,
    location: pick(places, chance(number, 7)),
    joins,
    leaves: joins + stays,
    zeal: bot ? 0.5 : ours ? 0.35 : 0.01 + 0.25 * chance(number, 8) ** 6,
    tied: chance(number, 9) < 0.7,
    bot,
  };
});
