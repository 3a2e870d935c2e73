import { statfsSync } from 'node:fs';
import os from 'node:os';

const megabyte = 1024 * 1024;

/**
 * What the embedded PostgreSQL is told, for anything from a 2-core laptop to a server; `more` wins.
 * @see https://www.postgresql.org/docs/18/runtime-config.html
 */
export function tunedSettings(more: Record<string, string> = {}): Record<string, string> {
  const memory = Math.floor(availableMemory() / megabyte);
  return {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '100',
    shared_buffers: `${clamp(memory / 4, 32, 512)}MB`,
    effective_cache_size: `${clamp(memory / 2, 64, 64 * 1024)}MB`,
    work_mem: `${clamp(memory / 256, 4, 32)}MB`,
    maintenance_work_mem: `${clamp(memory / 32, 16, 256)}MB`,
    dynamic_shared_memory_type: dynamicSharedMemory(),
    max_wal_size: '4GB',
    checkpoint_timeout: '15min',
    wal_compression: 'on',
    random_page_cost: '1.1',
    // Compiling a query takes longer than running one of ours.
    jit: 'off',
    track_io_timing: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_messages: 'warning',
    // A failed statement is the caller's to report, with its reason; logged here it would carry people's data.
    log_min_error_statement: 'panic',
    log_statement: 'none',
    log_checkpoints: 'off',
    log_line_prefix: '%m [%p] ',
    ...more,
  };
}

/** As lines of postgresql.conf. */
export function asConfiguration(settings: Record<string, string>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`)
    .join('');
}

/** Bytes that this process may use: a container's limit counts, where there is one. */
function availableMemory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < os.totalmem() ? limit : os.totalmem();
}

/** Containers have a /dev/shm of 64 MB, too little for a parallel query. */
function dynamicSharedMemory(): string {
  if (process.platform === 'win32') return 'windows';
  try {
    const shm = statfsSync('/dev/shm');
    return shm.bsize * shm.blocks >= 256 * megabyte ? 'posix' : 'mmap';
  } catch {
    return process.platform === 'linux' ? 'mmap' : 'posix';
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.round(Math.min(most, Math.max(least, value)));
}
