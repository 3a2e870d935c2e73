import { activityKinds } from '../../connectors/contract.ts';
import type { ActivityKind } from '../../connectors/contract.ts';

const codes = new Map<ActivityKind, number>(activityKinds.map((kind, code) => [kind, code]));

/** The number that is stored for a kind: its position in the contract's list, which only grows. */
export function kindCode(kind: ActivityKind): number {
  const code = codes.get(kind);
  if (code === undefined) throw new Error(`"${kind}" is not a kind of activity.`);
  return code;
}

export function kindName(code: number): ActivityKind {
  const kind = activityKinds[code];
  if (kind === undefined) throw new Error(`There is no kind of activity with the number ${code}.`);
  return kind;
}
