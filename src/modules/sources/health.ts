import type { Program } from '../../platform/context.ts';
import { showId } from '../../platform/ids.ts';

/** What the health page shows of one source. Days are UTC days of arrival. */
export interface SourceHealth {
  id: string;
  name: string;
  connector: string;
  state: 'active' | 'paused' | 'removing' | 'kept';
  pausedReason: string | null;
  everyMinutes: number;
  lastSuccessAt: string | null;
  failingSince: string | null;
  failures: number;
  lastError: string | null;
  nextRunAt: string | null;
  records: number;
  quarantined: number;
  /** Minutes that the last success lies further back than the schedule asks; 0 when it is in time. */
  lagMinutes: number;
  /** New and changed items on each of the last 30 days, oldest first. */
  itemsADay: number[];
  /** Far fewer items in the last seven days than usual. */
  silent: boolean;
  running: boolean;
  /** What the last reading could not get while the rest went on. */
  warnings: string[];
  /** When the outside system last sent something by itself; null when it never did. */
  webhookAt: string | null;
}

const day = 86_400_000;

export async function readHealth(program: Program, sourceId?: number): Promise<SourceHealth[]> {
  const now = program.clock.now();
  const { rows } = await program.database.pool.query<HealthRow>(
    `select s.*,
       coalesce((select sum(items) from source_stream where source_id = s.id), 0)::bigint as records,
       (select count(*) from quarantine where source_id = s.id) as quarantined,
       exists (select 1 from source_run where source_id = s.id and state = 'running') as running,
       (select coalesce(json_object_agg(to_char(day, 'YYYY-MM-DD'), items), '{}') from source_day
          where source_id = s.id and day > ($2::timestamptz at time zone 'UTC')::date - 31) as days
     from source s where $1::int is null or s.id = $1 order by lower(s.name), s.id`,
    [sourceId ?? null, now],
  );
  return rows.map((row) => describe(row, now));
}

interface HealthRow {
  id: number;
  name: string;
  connector: string;
  state: SourceHealth['state'];
  paused_reason: string | null;
  every_minutes: number;
  last_success_at: Date | null;
  failing_since: Date | null;
  failures: number;
  last_error: string | null;
  next_run_at: Date | null;
  created_at: Date;
  records: number;
  quarantined: number;
  running: boolean;
  webhook_at: Date | null;
  warnings: string[];
  days: Record<string, number>;
}

function describe(row: HealthRow, now: Date): SourceHealth {
  const itemsADay = Array.from({ length: 30 }, (_, i) => {
    const key = new Date(now.getTime() - (29 - i) * day).toISOString().slice(0, 10);
    return row.days[key] ?? 0;
  });
  const due = (row.last_success_at ?? row.created_at).getTime() + row.every_minutes * 60_000;
  return {
    id: showId('source', row.id),
    name: row.name,
    connector: row.connector,
    state: row.state,
    pausedReason: row.paused_reason,
    everyMinutes: row.every_minutes,
    lastSuccessAt: row.last_success_at?.toISOString() ?? null,
    failingSince: row.failing_since?.toISOString() ?? null,
    failures: row.failures,
    lastError: row.last_error,
    nextRunAt: row.state === 'active' ? (row.next_run_at?.toISOString() ?? null) : null,
    records: row.records,
    quarantined: row.quarantined,
    lagMinutes: row.state === 'active' ? Math.max(0, Math.round((now.getTime() - due) / 60_000)) : 0,
    itemsADay,
    silent: isSilent(itemsADay),
    running: row.running,
    warnings: row.warnings,
    webhookAt: row.webhook_at?.toISOString() ?? null,
  };
}

/**
 * Far fewer than usual: the last seven days together bring less than a tenth of a usual week (the median of the three
 * weeks before), and a usual week brings at least ten. The first import does not count as usual: a median ignores it.
 */
export function isSilent(itemsADay: readonly number[]): boolean {
  const week = (end: number): number => itemsADay.slice(Math.max(0, end - 7), end).reduce((sum, n) => sum + n, 0);
  const n = itemsADay.length;
  const before = [week(n - 7), week(n - 14), week(n - 21)].sort((a, b) => a - b);
  const usual = before[1] ?? 0;
  return usual >= 10 && week(n) < usual / 10;
}

export interface RunningRun {
  id: string;
  sourceId: string;
  sourceName: string;
  cause: string;
  state: string;
  stream: string | null;
  items: number;
  total: number | null;
  quarantined: number;
  /** Items a second since the run began. */
  rate: number;
  startedAt: string;
  endedAt: string | null;
  etaSeconds: number | null;
  error: string | null;
}

/** Runs under way, and those that ended in the last ten seconds. */
export async function runningRuns(program: Program): Promise<RunningRun[]> {
  const { rows } = await program.database.pool.query<RunRow>(
    `select r.*, s.name from source_run r join source s on s.id = r.source_id
     where r.state = 'running' union all
     select r.*, s.name from source_run r join source s on s.id = r.source_id
     where r.state <> 'running' and r.id > (select coalesce(max(id), 0) - 50 from source_run) and r.ended_at > now() - interval '10 seconds'
     order by 1`,
  );
  return rows.map(describeRun);
}

export interface RunRow {
  id: number;
  source_id: number;
  name: string;
  cause: string;
  state: string;
  stream: string | null;
  items: number;
  total: number | null;
  quarantined: number;
  started_at: Date;
  ended_at: Date | null;
  heartbeat_at: Date;
  error: string | null;
  without_raw: number;
}

export function describeRun(row: RunRow): RunningRun {
  const seconds = ((row.ended_at ?? row.heartbeat_at).getTime() - row.started_at.getTime()) / 1000;
  const rate = seconds > 0.5 ? row.items / seconds : 0;
  const left = row.total === null ? null : Math.max(0, row.total - row.items);
  return {
    id: showId('run', row.id),
    sourceId: showId('source', row.source_id),
    sourceName: row.name,
    cause: row.cause,
    state: row.state,
    stream: row.stream,
    items: row.items,
    total: row.total,
    quarantined: row.quarantined,
    rate: Math.round(rate),
    startedAt: row.started_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    etaSeconds: row.state !== 'running' || left === null || rate === 0 ? null : Math.ceil(left / rate),
    error: row.error ?? withoutRaw(row.without_raw),
  };
}

function withoutRaw(records: number): string | null {
  if (records === 0) return null;
  return `${records} of the records cannot be derived again: their raw items are not kept any more. What was derived of them stays as it is.`;
}
