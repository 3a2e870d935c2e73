import type { StoredRule, Window } from '../../../src/modules/members/rules.ts';
import { kindName } from '../../ui/activities/words.ts';
import type { ActivityKind } from '../../ui/activities/words.ts';
import { count } from '../../ui/format.ts';
import { platformName } from '../../ui/PlatformIcon.tsx';

export type { StoredRule, Window };
export type Condition = Extract<StoredRule, { field: string }>;
export type Kinds = NonNullable<Extract<Condition, { field: 'did' }>['kinds']>;

/** What the builder shows: groups that hold lines, lines that may be turned into their opposite. */
export interface GroupNode {
  key: number;
  join: 'all' | 'any' | 'none';
  items: Node[];
}
export interface LineNode {
  key: number;
  not: boolean;
  condition: Condition;
}
export type Node = GroupNode | LineNode;

let keys = 0;

export function newGroup(join: GroupNode['join'] = 'all', items: Node[] = []): GroupNode {
  keys += 1;
  return { key: keys, join, items };
}

export function newLine(condition: Condition, not = false): LineNode {
  keys += 1;
  return { key: keys, not, condition };
}

export function isGroup(node: Node): node is GroupNode {
  return 'join' in node;
}

function toNode(rule: StoredRule): Node {
  if ('all' in rule) return newGroup('all', rule.all.map(toNode));
  if ('any' in rule) return newGroup('any', rule.any.map(toNode));
  if (!('not' in rule)) return newLine(rule);
  const { not } = rule;
  if ('any' in not) return newGroup('none', not.any.map(toNode));
  if ('all' in not || 'not' in not) return newGroup('none', [toNode(not)]);
  return newLine(not, true);
}

/** The whole is a group, so that there is a place for the next condition. */
export function toRoot(rule: StoredRule): GroupNode {
  const node = toNode(rule);
  return isGroup(node) ? node : newGroup('all', [node]);
}

export function toRule(node: Node): StoredRule {
  if (!isGroup(node)) return node.not ? { not: node.condition } : node.condition;
  const rules = node.items.map(toRule);
  if (node.join === 'all') return { all: rules };
  return node.join === 'any' ? { any: rules } : { not: { any: rules } };
}

/** A filter of the list's chips as rules, so that it can be changed here too. */
export function rulesOfFilter(filter: Record<string, unknown>): StoredRule {
  const list = (name: string): string[] => {
    const value = filter[name];
    return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string');
  };
  const number = (name: string): number | undefined => (filter[name] === undefined ? undefined : Number(filter[name]));
  const text = (name: string): string | undefined => list(name)[0];
  const all: StoredRule[] = [];
  if (text('search') !== undefined) all.push({ field: 'name', op: 'contains', value: text('search') ?? '' });
  if (list('organization').length > 0) all.push({ field: 'organization', when: 'now', value: list('organization') });
  if (list('platforms').length > 0) all.push({ field: 'platform', op: 'any', value: list('platforms') });
  if (list('sources').length > 0) all.push({ field: 'did', kinds: 'any', times: 1, sources: list('sources'), window: { type: 'ever' } });
  if (list('tags').length > 0) all.push({ field: 'tag', op: 'all', value: list('tags') });
  if (list('levels').length > 0) all.push({ field: 'level', value: list('levels') });
  if (text('bots') === 'only') all.push({ field: 'bot', value: 'bot' });
  if (text('bots') === 'suspected') all.push({ field: 'bot', value: 'suspected' });
  if (text('team') === 'only' || text('team') === 'without') all.push({ field: 'team', value: text('team') === 'only' });
  for (const [name, field] of [
    ['first', 'firstSeen'],
    ['last', 'lastSeen'],
  ] as const) {
    const [from, to] = [text(`${name}From`), text(`${name}To`)];
    if (from !== undefined || to !== undefined)
      all.push({
        field,
        window: { type: 'between', ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) },
      });
    const within = number(`${name}WithinDays`);
    if (within !== undefined) all.push({ field, window: { type: 'last', days: within } });
  }
  const quiet = number('quietForDays');
  if (quiet !== undefined) all.push({ field: 'lastSeen', window: { type: 'ago', to: quiet } });
  const [least, most, points] = [number('minActivities'), number('maxActivities'), number('minEngagement')];
  if (least !== undefined) all.push({ field: 'activities', op: 'atLeast', value: least });
  if (most !== undefined) all.push({ field: 'activities', op: 'atMost', value: most });
  if (points !== undefined) all.push({ field: 'engagement', op: 'atLeast', value: points });
  const rules = filter['rules'] as StoredRule | undefined;
  if (rules === undefined) return { all };
  return all.length === 0 ? rules : { all: [...all, rules] };
}

/** What ids are called, as far as the page knows. */
export type Names = (id: string) => string | undefined;

const periodWords: Record<Extract<Window, { type: 'period' }>['period'], string> = {
  this_week: 'this week',
  last_week: 'last week',
  this_month: 'this month',
  last_month: 'last month',
  this_quarter: 'this quarter',
  last_quarter: 'last quarter',
  this_year: 'this year',
  last_year: 'last year',
};
export const periodOptions = Object.entries(periodWords).map(([value, label]) => ({ value, label }));

function windowWords(window: Window | undefined): string {
  if (window === undefined || window.type === 'ever') return '';
  if (window.type === 'last') return `in the last ${count(window.days, 'day')}`;
  if (window.type === 'period') return periodWords[window.period];
  if (window.type === 'ago')
    return window.from === undefined ? `${count(window.to, 'day')} ago or before` : `between ${window.from} and ${window.to} days ago`;
  if (window.from === undefined && window.to === undefined) return '';
  if (window.from === undefined) return `until ${window.to}`;
  return window.to === undefined ? `since ${window.from}` : `from ${window.from} to ${window.to}`;
}

function listed(values: readonly string[], word: 'or' | 'and'): string {
  return values.length <= 2 ? values.join(` ${word} `) : `${values.slice(0, -1).join(', ')} ${word} ${values.at(-1)}`;
}

function kindWords(kinds: Kinds | undefined): string {
  if (kinds === undefined || kinds === 'any') return 'activity';
  if (kinds === 'contributions') return 'contribution';
  return listed(
    kinds.map((kind) => kindName(kind as ActivityKind)),
    'or',
  );
}

/** `3 or more activities`, `a contribution`, `2 or more of Answer or Review`. */
function timesWords(times: number, kinds: Kinds | undefined): string {
  const all = kinds === undefined || kinds === 'any';
  if (all || kinds === 'contributions') {
    if (times === 1) return all ? 'any activity' : 'a contribution';
    return `${times} or more ${all ? 'activities' : 'contributions'}`;
  }
  return times === 1 ? `any ${kindWords(kinds)}` : `${times} or more of ${kindWords(kinds)}`;
}

const opWords: Record<string, string> = { contains: 'contains', is: 'is', starts: 'begins with', atLeast: 'at least', atMost: 'at most' };

/** One condition in words, as what is true of somebody. */
function conditionWords(condition: Condition, nameOf: Names): string {
  const named = (ids: readonly string[], word: 'or' | 'and' = 'or') =>
    listed(
      ids.map((id) => nameOf(id) ?? id),
      word,
    );
  switch (condition.field) {
    case 'name':
    case 'handle':
    case 'bio':
    case 'location':
      return `${condition.field} ${opWords[condition.op]} “${condition.value}”`;
    case 'organizationName':
      return `organization ${opWords[condition.op]} “${condition.value}”`;
    case 'known':
      return `${condition.value === 'email' ? 'an e-mail address' : condition.value} is known`;
    case 'tag':
      return `tagged ${listed(condition.value, condition.op === 'all' ? 'and' : 'or')}`;
    case 'platform':
      return `on ${listed(condition.value.map(platformName), condition.op === 'all' ? 'and' : 'or')}`;
    case 'emailDomain':
      return `e-mail at ${listed(condition.value, 'or')}`;
    case 'organization':
      return `${condition.when === 'ever' ? 'ever belonged' : 'belong'} to ${named(condition.value)}`;
    case 'activities':
      return `${opWords[condition.op]} ${count(condition.value, 'activity', 'activities')} in all`;
    case 'identities':
      return `${opWords[condition.op]} ${count(condition.value, 'identity', 'identities')}`;
    case 'engagement':
      return condition.op === 'amongTop'
        ? `among the ${condition.value} most engaged`
        : `${opWords[condition.op]} ${count(condition.value, 'engagement point')}`;
    case 'level':
      return `on the level ${named(condition.value)}`;
    case 'firstSeen':
      return `first seen ${windowWords(condition.window) || 'at any time'}`;
    case 'lastSeen':
      return `last seen ${windowWords(condition.window) || 'at any time'}`;
    case 'did': {
      const where = condition.sources === undefined ? '' : `in ${named(condition.sources)}`;
      return [timesWords(condition.times ?? 1, condition.kinds), where, windowWords(condition.window)]
        .filter((part) => part !== '')
        .join(' ');
    }
    case 'firstDid': {
      const where = condition.sources === undefined ? '' : ` in ${named(condition.sources)}`;
      return `their very first ${kindWords(condition.kinds)}${where} ${windowWords(condition.window)}`.trim();
    }
    case 'bot':
      return { human: 'taken for a human', suspected: 'may be a bot, to be confirmed', bot: 'a confirmed bot' }[condition.value];
    case 'team':
      return condition.value ? 'a team member' : 'of the wider community';
    case 'consent': {
      const purpose = nameOf(condition.purpose) ?? condition.purpose;
      return {
        given: `consented to ${purpose}`,
        refused: `refused ${purpose}`,
        withdrawn: `withdrew consent to ${purpose}`,
        unasked: `never said anything about ${purpose}`,
      }[condition.value];
    }
    case 'offered':
      return `${condition.name === 'language' ? 'wrote in' : 'talked about'} ${listed(
        condition.value.map((value) => nameOf(`${condition.name} ${value}`) ?? value),
        'or',
      )} ${windowWords(condition.window)}`.trim();
  }
}

/** The whole as one sentence. */
export function ruleWords(rule: StoredRule, nameOf: Names, inner = false): string {
  if ('all' in rule || 'any' in rule) {
    const rules = 'all' in rule ? rule.all : rule.any;
    if (rules.length === 0) return 'everybody';
    const text = rules.map((one) => ruleWords(one, nameOf, rules.length > 1)).join('all' in rule ? ', and ' : ', or ');
    return inner && rules.length > 1 ? `(${text})` : text;
  }
  if ('not' in rule) {
    const { not } = rule;
    const text = ruleWords(not, nameOf, true);
    return 'field' in not
      ? `${not.field === 'did' || not.field === 'firstDid' ? 'without' : 'not'} ${text.replace(/^any /, '')}`
      : `none of ${text.startsWith('(') ? text : `(${text})`}`;
  }
  return conditionWords(rule, nameOf);
}
