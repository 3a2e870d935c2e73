import { z } from 'zod';
import { activityKinds } from '../../connectors/contract.ts';
import { idInput, showId } from '../../platform/ids.ts';
import { isDay } from './days.ts';

const day = z.string().refine(isDay, 'is a day such as 2026-03-01');
const days = z.number().int().min(0).max(36_500);
const text = z.string().trim().min(1).max(200);

const periods = ['this_week', 'last_week', 'this_month', 'last_month', 'this_quarter', 'last_quarter', 'this_year', 'last_year'] as const;

/** Days of the workspace, first and last included. Sliding ones move with today. */
const windowSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ever') }),
  z.strictObject({ type: z.literal('last'), days: days.min(1) }),
  /** Between so many and so many days ago; without `from`, all of the time before. */
  z.strictObject({ type: z.literal('ago'), from: days.optional(), to: days }),
  z.strictObject({ type: z.literal('between'), from: day.optional(), to: day.optional() }),
  z.strictObject({ type: z.literal('period'), period: z.enum(periods) }),
]);
export type Window = z.output<typeof windowSchema>;

const kindsInput = z.union([z.enum(['any', 'contributions']), z.array(z.enum(activityKinds)).min(1)]);
const sourcesInput = z.array(idInput('source')).min(1).max(100).optional();
const several = z.array(text).min(1).max(100);

const conditionSchema = z.discriminatedUnion('field', [
  z.strictObject({ field: z.literal('name'), op: z.enum(['contains', 'is', 'starts']), value: text }),
  z.strictObject({ field: z.literal('handle'), op: z.enum(['contains', 'is', 'starts']), value: text }),
  z.strictObject({ field: z.literal('bio'), op: z.literal('contains'), value: text }),
  z.strictObject({ field: z.literal('location'), op: z.enum(['contains', 'is']), value: text }),
  z.strictObject({ field: z.literal('organizationName'), op: z.enum(['contains', 'is']), value: text }),
  z.strictObject({ field: z.literal('known'), value: z.enum(['bio', 'location', 'organization', 'email']) }),
  z.strictObject({ field: z.literal('tag'), op: z.enum(['any', 'all']), value: several }),
  z.strictObject({ field: z.literal('platform'), op: z.enum(['any', 'all']), value: several }),
  z.strictObject({ field: z.literal('emailDomain'), value: several }),
  z.strictObject({
    field: z.literal('organization'),
    when: z.enum(['now', 'ever']).default('now'),
    value: z.array(idInput('organization')).min(1).max(100),
  }),
  z.strictObject({ field: z.literal('activities'), op: z.enum(['atLeast', 'atMost']), value: z.number().int().min(0) }),
  z.strictObject({ field: z.literal('identities'), op: z.enum(['atLeast', 'atMost']), value: z.number().int().min(0) }),
  z.strictObject({ field: z.literal('engagement'), op: z.enum(['atLeast', 'atMost', 'amongTop']), value: z.number().min(0).max(1e8) }),
  z.strictObject({ field: z.literal('level'), value: z.array(idInput('level')).min(1).max(50) }),
  z.strictObject({ field: z.literal('firstSeen'), window: windowSchema }),
  z.strictObject({ field: z.literal('lastSeen'), window: windowSchema }),
  z.strictObject({
    field: z.literal('did'),
    kinds: kindsInput.default('any'),
    sources: sourcesInput,
    times: z.number().int().min(1).max(1e6).default(1),
    window: windowSchema.default({ type: 'ever' }),
  }),
  /** The first of these ever falls into the window. */
  z.strictObject({ field: z.literal('firstDid'), kinds: kindsInput.default('any'), sources: sourcesInput, window: windowSchema }),
  z.strictObject({ field: z.literal('bot'), value: z.enum(['human', 'suspected', 'bot']) }),
  z.strictObject({ field: z.literal('team'), value: z.boolean() }),
  /** Their latest word for a purpose; `unasked` are those who never said one, which is no consent. */
  z.strictObject({ field: z.literal('consent'), purpose: idInput('purpose'), value: z.enum(['given', 'refused', 'withdrawn', 'unasked']) }),
  /** What another module knows of people: see `MemberField`. */
  z.strictObject({ field: z.literal('offered'), name: z.string().max(40), value: several, window: windowSchema.default({ type: 'ever' }) }),
]);
export type Condition = z.output<typeof conditionSchema>;
type StoredCondition = z.input<typeof conditionSchema>;

export type Rule = { all: Rule[] } | { any: Rule[] } | { not: Rule } | Condition;
/** As it is kept and shown: ids are text. */
export type StoredRule = { all: StoredRule[] } | { any: StoredRule[] } | { not: StoredRule } | StoredCondition;

const deepest = 6;
const mostConditions = 100;

/** The grammar, for those who write rules by hand. */
export const rulesHelp = `Conditions in groups: {"all": […]}, {"any": […]}, {"not": …}, nested up to ${deepest} deep. A condition is one of
{"field":"name"|"handle","op":"contains"|"is"|"starts","value":"…"}; {"field":"bio","op":"contains",…}; {"field":"location"|"organizationName","op":"contains"|"is",…};
{"field":"known","value":"bio"|"location"|"organization"|"email"}; {"field":"tag"|"platform","op":"any"|"all","value":[…]}; {"field":"emailDomain","value":[…]};
{"field":"organization","when":"now"|"ever","value":["org_1"]}; {"field":"activities"|"identities"|"engagement","op":"atLeast"|"atMost","value":10};
{"field":"engagement","op":"amongTop","value":100}; {"field":"level","value":["lvl_1"]}; {"field":"firstSeen"|"lastSeen","window":W};
{"field":"did","kinds":"any"|"contributions"|["answer"],"sources":["src_1"],"times":3,"window":W}; {"field":"firstDid","kinds":…,"window":W};
{"field":"bot","value":"human"|"suspected"|"bot"}; {"field":"team","value":true}; {"field":"consent","purpose":"pur_1","value":"given"|"refused"|"withdrawn"|"unasked"}.
W is {"type":"ever"}, {"type":"last","days":30}, {"type":"ago","from":120,"to":31}, {"type":"between","from":"2026-01-01","to":"2026-03-31"} or {"type":"period","period":"this_month"}.`;

/** Reads rules from JSON, or from JSON as text; complaints name the place. */
export const rulesInput = z
  .union([z.string().max(50_000), z.looseObject({})])
  .describe(rulesHelp)
  .transform((given, check): Rule => {
    let value: unknown = given;
    if (typeof given === 'string') {
      try {
        value = JSON.parse(given);
      } catch {
        check.addIssue({ code: 'custom', message: 'is not JSON' });
        return z.NEVER;
      }
    }
    const complaints: { path: (string | number)[]; message: string }[] = [];
    const rule = readRule(value, [], complaints, { conditions: 0 });
    for (const { path, message } of complaints.slice(0, 5)) check.addIssue({ code: 'custom', path, message });
    return rule ?? z.NEVER;
  });

function readRule(
  value: unknown,
  path: (string | number)[],
  complaints: { path: (string | number)[]; message: string }[],
  seen: { conditions: number },
): Rule | undefined {
  const refuse = (message: string) => {
    complaints.push({ path, message });
    return undefined;
  };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse('is a group or a condition: {"all": [ … ]}');
  if (path.length > deepest * 2) return refuse(`is nested too deep: up to ${deepest} groups`);
  const entries = Object.entries(value);
  const [name, inner] = entries[0] ?? [];
  if (name === 'all' || name === 'any') {
    if (entries.length > 1 || !Array.isArray(inner)) return refuse(`holds a list and nothing else: {"${name}": [ … ]}`);
    const rules = inner.map((one, place) => readRule(one, [...path, name, place], complaints, seen)).filter((one) => one !== undefined);
    return name === 'all' ? { all: rules } : { any: rules };
  }
  if (name === 'not' && entries.length === 1) {
    const rule = readRule(inner, [...path, 'not'], complaints, seen);
    return rule === undefined ? undefined : { not: rule };
  }
  seen.conditions += 1;
  if (seen.conditions > mostConditions) return refuse(`is one condition too many: up to ${mostConditions}`);
  const parsed = conditionSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues)
    complaints.push({ path: [...path, ...issue.path.filter((part) => typeof part !== 'symbol')], message: issue.message });
  return undefined;
}

/** Calls `visit` for each condition. */
export function eachCondition(rule: Rule, visit: (condition: Condition) => void): void {
  if ('all' in rule) for (const one of rule.all) eachCondition(one, visit);
  else if ('any' in rule) for (const one of rule.any) eachCondition(one, visit);
  else if ('not' in rule) eachCondition(rule.not, visit);
  else visit(rule);
}

/** The rule as it is kept: readable, with the ids that people see. */
export function storeRule(rule: Rule): StoredRule {
  if ('all' in rule) return { all: rule.all.map(storeRule) };
  if ('any' in rule) return { any: rule.any.map(storeRule) };
  if ('not' in rule) return { not: storeRule(rule.not) };
  switch (rule.field) {
    case 'organization':
      return { ...rule, value: rule.value.map((id) => showId('organization', id)) };
    case 'level':
      return { ...rule, value: rule.value.map((id) => showId('level', id)) };
    case 'consent':
      return { ...rule, purpose: showId('purpose', rule.purpose) };
    case 'did':
    case 'firstDid': {
      const { sources, ...rest } = rule;
      return sources === undefined ? rest : { ...rest, sources: sources.map((id) => showId('source', id)) };
    }
    default:
      return rule;
  }
}
