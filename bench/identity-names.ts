import type { Random } from './random.ts';

/** Where people are from: how they are called, and how they write it. */
interface Culture {
  share: number;
  given: string[];
  /** Common family names; rare ones are put together from the syllables. */
  family: string[];
  syllables: string[];
  /** The family name comes first at home. */
  familyFirst?: boolean;
  /** Another script: the words and syllables above as they are written there, in the same order. */
  native?: { given: string[]; family: string[]; syllables: string[]; joined: boolean };
}

const list = (text: string): string[] => text.split(' ');

const cultures: Culture[] = [
  {
    share: 30,
    given: list(
      'James Mary John Emma Robert Olivia Michael Sarah David Laura Daniel Emily Thomas Grace Ryan Chloe Kevin Hannah Brian Megan Scott Rachel Eric Alice',
    ),
    family: list(
      'Smith Johnson Brown Williams Jones Miller Davis Wilson Taylor Clark Lewis Walker Hall Young King Wright Green Baker Adams Hill',
    ),
    syllables: list('ash brook cal den ford gar hol kin lan mer nor pem quil rad stan thorn ul ver wick yar'),
  },
  {
    share: 16,
    given: list('José María Juan Lucía Andrés Sofía Íñigo Inês João Beatriz Raúl Núria Óscar Mónica Hélio Débora César Zoé Tomás Renée'),
    family: list('García Martínez López Sánchez Pérez Gómez Fernández Gonçalves Araújo Simões Muñoz Ibáñez Conceição Ramírez Núñez'),
    syllables: list('al bar cas dor es fal güe her in jar lo món nar oli pé quin rós sal té ur'),
  },
  {
    share: 14,
    given: list('Jürgen Björn Søren Anke Lena Klaus Petra Åsa Göran Märta Jörg Katja Øystein Sigrid Matthias Greta Uwe Freya Lars Ingrid'),
    family: list('Müller Schmidt Schneider Jørgensen Nilsson Weiß Krüger Ångström Schäfer Lindström Böhm Køhler Bergström Hübner Sørensen'),
    syllables: list('bach berg dahl eck feld gård hau jür köp lund mann neu öst rath sjö stein thal wies'),
  },
  {
    share: 12,
    given: list('Kateřina Jiří Łukasz Žofie Tomáš Agnieszka Ondřej Małgorzata Šimon Zuzana Wojciech Věra Dušan Jadwiga Matěj Božena'),
    family: list('Novák Svoboda Kowalski Dvořák Wiśniewski Černý Wójcik Procházka Kamiński Horák Lewandowski Němec Zieliński Říha'),
    syllables: list('bě čer dra hra jar ko lez mar nov ołu při rád síl švo tka uh vrá žel'),
  },
  {
    share: 10,
    given: list('Ivan Olga Dmitri Svetlana Sergei Irina Mikhail Tatiana Andrei Elena Pavel Natalia'),
    family: list('Ivanov Petrov Kuznetsov Popov Sokolov Volkov Morozov Pavlov'),
    syllables: list('bar der gor kal lom mir nos pol ras sel tor vel zor shak chern'),
    native: {
      given: list('Иван Ольга Дмитрий Светлана Сергей Ирина Михаил Татьяна Андрей Елена Павел Наталия'),
      family: list('Иванов Петров Кузнецов Попов Соколов Волков Морозов Павлов'),
      syllables: list('бар дер гор кал лом мир нос пол рас сел тор вел зор шак черн'),
      joined: false,
    },
  },
  {
    share: 10,
    given: list(
      'Wei Fang Jun Min Lei Yan Tao Jing Hao Ting Ming Xin Bo Hui Chao Dan Fei Gang Hong Jie Kai Ling Mei Ning Peng Qing Rong Shan Tian Wen Xia Yong Zhen Cheng Guo Hai',
    ),
    family: list(
      'Wang Li Zhang Liu Chen Yang Zhao Huang Zhou Wu Xu Sun Hu Zhu Gao Lin He Guo Ma Luo Liang Song Zheng Xie Han Tang Feng Dong Xiao Cao',
    ),
    syllables: [],
    familyFirst: true,
    native: {
      given: list('伟 芳 军 敏 磊 艳 涛 静 浩 婷 明 欣 波 慧 超 丹 飞 刚 红 杰 凯 玲 梅 宁 鹏 清 荣 山 天 文 霞 勇 珍 成 国 海'),
      family: list('王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗 梁 宋 郑 谢 韩 唐 冯 董 萧 曹'),
      syllables: [],
      joined: true,
    },
  },
  {
    share: 8,
    given: list('Arjun Priya Rahul Ananya Vikram Deepa Sanjay Kavya Rohan Meera Aditya Lakshmi Imran Fatima Yusuf Aisha'),
    family: list('Kumar Sharma Patel Singh Reddy Khan Iyer Gupta Das Nair'),
    syllables: list('bha cha dev gan jay kri man nag pra ram sub tri van'),
  },
];
const everyShare = cultures.flatMap((culture) => Array.from({ length: culture.share }, () => culture));

export interface Called {
  given: string;
  family: string;
  /** In the script of home, if that is another; whole. */
  native: string | undefined;
  familyFirst: boolean;
}

/**
 * A name. More than half of the given names and most of the family names are rare ones, so that about one person in
 * eight has a namesake among 50,000, as in a telephone book.
 */
export function makeName(random: Random): Called {
  const culture = random.pick(everyShare);
  const { native } = culture;
  const joined = culture.syllables.length === 0;
  const words = (common: string[], script: string[] | undefined, rareShare: number, lengths: readonly number[]): [string, string] => {
    if (!joined && random.next() < rareShare) {
      const places = Array.from({ length: random.pick(lengths) }, () => random.below(culture.syllables.length));
      return [upper(places.map((n) => culture.syllables[n]).join('')), upper(places.map((n) => native?.syllables[n] ?? '').join(''))];
    }
    const n = Math.floor(common.length * random.next() ** 1.6);
    return [common[n] ?? '', script?.[n] ?? ''];
  };
  let [given, nativeGiven] = words(culture.given, native?.given, 0.6, [2, 2, 3]);
  const [family, nativeFamily] = words(culture.family, native?.family, 0.82, [2, 3, 3, 3, 4]);
  if (joined && random.next() < 0.85) {
    // Two characters, as most are.
    const [second, nativeSecond] = words(culture.given, native?.given, 0, [1]);
    given += second.toLowerCase();
    nativeGiven += nativeSecond;
  }
  const whole = native === undefined ? undefined : native.joined ? `${nativeFamily}${nativeGiven}` : `${nativeGiven} ${nativeFamily}`;
  return { given, family, native: whole, familyFirst: culture.familyFirst === true };
}

/** How a person writes the name in one place. */
export function writeName(random: Random, called: Called, handle: string): string | undefined {
  const { given, family, native } = called;
  const usual = called.familyFirst && random.next() < 0.5 ? `${family} ${given}` : `${given} ${family}`;
  const chance = random.next();
  if (native !== undefined && chance < 0.3) return native;
  if (chance < 0.66) return usual;
  if (chance < 0.76) return plain(usual);
  if (chance < 0.8) return `${family} ${given}`;
  if (chance < 0.82) return `${family}, ${given}`;
  if (chance < 0.85) return `${given.charAt(0)}. ${family}`;
  if (chance < 0.87) return `${given} ${family.charAt(0)}.`;
  if (chance < 0.9) return `${given} ${random.pick(list('A. B. C. K. M. R.'))} ${family}`;
  if (chance < 0.93) return given;
  if (chance < 0.955) return mistype(random, usual);
  if (chance < 0.97) return usual.toLowerCase();
  return handle;
}

/** One letter doubled, dropped, or changed for the next. */
export function mistype(random: Random, text: string): string {
  const at = 1 + random.below(Math.max(1, text.length - 2));
  const letter = text.charAt(at);
  if (letter === ' ') return text;
  const way = random.below(3);
  if (way === 0) return text.slice(0, at) + letter + text.slice(at);
  if (way === 1) return text.slice(0, at) + text.slice(at + 1);
  return text.slice(0, at) + text.charAt(at + 1) + letter + text.slice(at + 2);
}

/** As people type it on a keyboard without accents. */
export function plain(text: string): string {
  const letters: Record<string, string> = { ø: 'o', Ø: 'O', ł: 'l', Ł: 'L', ß: 'ss', æ: 'ae', đ: 'd' };
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[øØłŁßæđ]/g, (letter) => letters[letter] ?? letter);
}

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
