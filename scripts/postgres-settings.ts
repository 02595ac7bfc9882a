import os from 'node:os';

const MB = 2 ** 20;

/** What this process may use: the machine's memory, or the container's limit. */
function memoryBytes(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, os.totalmem()) : os.totalmem();
}

const between = (least: number, bytes: number, most: number) => `${Math.round(Math.min(most, Math.max(least, bytes)) / MB)}MB`;

/**
 * The private server's settings. It shares the machine with the app, so it takes a quarter of the memory, and no more than pays: what it does not
 * hold itself, the system's cache does.
 * @param durable false gives up crash safety for speed, and memory for neighbours of its own kind: throw-away servers.
 */
export function postgresSettings(port: number, durable: boolean, memory = memoryBytes()): Record<string, string> {
  return {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port: String(port),
    // A throw-away server has a clone of the database, with a pool of its own, for each of many tests at once.
    max_connections: durable ? '80' : '200',
    timezone: 'UTC',
    log_min_messages: 'warning',
    // A parameter of a failed statement may be a person's data.
    log_parameter_max_length_on_error: '0',
    log_min_error_statement: 'panic',
    shared_buffers: between(128 * MB, memory / 4, durable ? 4096 * MB : 256 * MB),
    // A promise to the planner, not memory: what lies in either cache.
    effective_cache_size: between(256 * MB, memory / 2, Number.POSITIVE_INFINITY),
    // Building indexes and vacuuming, up to four at once.
    maintenance_work_mem: between(32 * MB, memory / 48, 512 * MB),
    // After each checkpoint every page of the indexes that intake touches goes into the log whole: seldom, and compressed.
    checkpoint_timeout: '15min',
    max_wal_size: '4GB',
    wal_compression: 'pglz',
    // A segment's query runs for less time than it takes to compile.
    jit: 'off',
    random_page_cost: '1.1',
    // Containers give /dev/shm 64 MB, too little for parallel hash joins.
    ...(process.platform === 'linux' ? { dynamic_shared_memory_type: 'mmap' } : {}),
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
}
