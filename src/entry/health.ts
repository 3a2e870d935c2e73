import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Auth } from '../modules/access/index.ts';
import { hasRole, roleOf } from '../platform/access.ts';
import type { Program } from '../platform/context.ts';
import { forbidden } from '../platform/errors.ts';
import { toHeaders } from './request.ts';

/** `/healthz` (the process lives), `/readyz` (it can work), `/metrics` (Prometheus text, for this machine or with an administrator's key). */
export function mountHealth(app: FastifyInstance, program: Program, auth: Auth): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'rapport_http_request_seconds',
    help: 'Time to answer, by route and status.',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  });
  for (const { name, help, sql } of [
    { name: 'rapport_sources', help: 'Sources by state.', sql: `select state as label, count(*)::int as value from source group by state` },
    {
      name: 'rapport_sources_failing',
      help: 'Sources that fail now.',
      sql: `select 'all' as label, count(*)::int as value from source where failing_since is not null`,
    },
    {
      name: 'rapport_quarantined_records',
      help: 'Records that could not be read.',
      sql: `select 'all' as label, count(*)::int as value from quarantine`,
    },
    {
      name: 'rapport_jobs_waiting',
      help: 'Jobs that wait, by name.',
      sql: `select name as label, count(*)::int as value from jobs.job where state in ('created', 'retry') group by name`,
    },
  ]) {
    const gauge: Gauge<'label'> = new Gauge({
      name,
      help,
      labelNames: ['label'],
      registers: [],
      async collect() {
        const { rows } = await program.database.pool.query<{ label: string; value: number }>(sql).catch(() => ({ rows: [] }));
        gauge.reset();
        for (const row of rows) gauge.set({ label: row.label }, row.value);
      },
    });
    registry.registerMetric(gauge);
  }

  app.addHook('onResponse', (request, reply, done) => {
    requests.observe(
      { route: request.routeOptions.url ?? 'unknown', method: request.method, status: String(reply.statusCode) },
      reply.elapsedTime / 1000,
    );
    done();
  });
  app.get('/healthz', () => ({ ok: true }));
  app.get('/readyz', async (_request, reply) => {
    try {
      await program.database.pool.query('select 1 from schema_migration limit 1');
      return { ok: true };
    } catch {
      return reply.status(503).send({ ok: false, why: 'The database does not answer.' });
    }
  });
  app.get('/metrics', async (request, reply) => {
    const near = request.ip === '127.0.0.1' || request.ip === '::1';
    if (!near && !hasRole(roleOf(await auth.actorOf(toHeaders(request))), 'administrator'))
      throw forbidden('Metrics are for this machine, or for an API key with the role administrator.');
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}
