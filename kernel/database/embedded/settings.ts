/** PostgreSQL 18 chapter 19 (server configuration): what the embedded server runs with, and why. */

/** `full` survives power loss; `none` is for throw-away test databases (no fsync). */
export type Durability = 'full' | 'none'

export type ServerSettings = {
  readonly port: number
  /** Undefined where unix sockets cannot be used. */
  readonly socketFolder: string | undefined
  readonly durability: Durability
}

/** The longest path of a unix socket is 107 bytes (unix(7)); the socket's own name takes 20. */
export const maxSocketFolderBytes = 87

/** Text of `conf.d/xinglin.conf`; a `conf.d/zz-local.conf` beside it may override any of it. */
export function settingsText({ port, socketFolder, durability }: ServerSettings): string {
  const settings: Readonly<Record<string, string | number>> = {
    // Loopback only (and a socket in a private folder): other machines never reach it.
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: socketFolder ?? '',
    unix_socket_permissions: '0700',
    max_connections: durability === 'none' ? 200 : 100,
    // Two cores and little memory: the platform and PostgreSQL stay under 500 MB together.
    shared_buffers: '128MB',
    work_mem: '8MB',
    maintenance_work_mem: '64MB',
    effective_cache_size: '1GB',
    max_parallel_workers_per_gather: 1,
    io_workers: 2,
    // Short statements: compiling them costs more than it saves.
    jit: 'off',
    // SSDs: a random page costs little more than the next one.
    random_page_cost: 1.1,
    // The npm builds have neither lz4 nor zstd, and pglz costs more processor than the disk that it saves.
    wal_compression: 'off',
    max_wal_size: '2GB',
    min_wal_size: '128MB',
    TimeZone: 'UTC',
    lc_messages: 'C',
    // ERROR lines quote values of patients; `log` leaves them out and keeps LOG, FATAL and PANIC.
    logging_collector: 'on',
    log_directory: '../log',
    log_filename: 'postgresql-%a.log',
    log_rotation_age: '1d',
    log_rotation_size: 0,
    log_truncate_on_rotation: 'on',
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
    log_line_prefix: '%m [%p] ',
    ...durabilitySettings[durability],
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${quoted(value)}`)
  return `# written at every start; put your own settings into conf.d/zz-local.conf\n${lines.join('\n')}\n`
}

const durabilitySettings: Readonly<Record<Durability, Readonly<Record<string, string>>>> = {
  full: { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' },
  none: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
}

function quoted(value: string | number): string {
  return typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`
}
