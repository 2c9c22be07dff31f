/**
 * The server: the one place where configuration, engine, listeners and log are wired together.
 *
 * Start-up time counts, so nothing is imported that a plain start does not need.
 */

import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { resolve } from 'node:path';
import { handleConfigCommand, rewriteAll } from '../config/command.js';
import { parseCommandLine, usage } from '../config/command-line.js';
import { Config } from '../config/config.js';
import { ConfigFileError, ConfigOpenError } from '../config/load.js';
import { fromBytes } from '../config/words.js';
import { NativeEngine } from '../core/binding.js';
import { HostCommands } from '../core/host-commands.js';
import { AppendOnlyFile } from '../persistence/append-only.js';
import { HEMATITE_VERSION, REDIS_VERSION } from '../core/version.js';
import { LoadError, loadSnapshot } from '../persistence/loading.js';
import { answerReloads } from '../persistence/reload.js';
import { Snapshots } from '../persistence/snapshots.js';
import { removeStaleFiles } from '../persistence/temporary-files.js';
import { banner, processTitle } from './banner.js';
import { daemonize, isDaemon } from './daemonize.js';
import { makeRoom, RESERVED } from './files.js';
import { Listeners } from './listeners.js';
import { Log } from './log.js';
import { migrator } from './migrate.js';
import { DEFAULT_PIDFILE, removePidfile, writePidfile } from './pidfile.js';
import { applyConfig } from './settings.js';
import { Shutdown } from './shutdown.js';
import { Tls } from './tls.js';
import { handleAclCommand, makeUsers, userLineChecker } from './users.js';

/** How long replies on their way may take when the server ends, milliseconds. */
const GRACE_MS = 500;
/** One stripe's lock is never contended by a single thread; several threads rarely meet in a thousand stripes. */
const STRIPES = 1024;

/** Runs the server with a command line (without node and script). */
export async function main(args: readonly string[]): Promise<void> {
  const line = parseCommandLine(args);
  if (line.mode !== 'serve') return say(line.mode === 'help' ? usage('hematite') : versionText());
  const log = new Log();
  const stdin = line.stdin ? readFileSync(0) : undefined;
  const config = readConfig(line, stdin, log);
  if (config === undefined) return exit(1);
  if (config.get('daemonize') && !isDaemon()) {
    await daemonize(stdin);
    return exit(0);
  }
  await new Server(config, log).start();
}

function versionText(): string {
  // Tools look for `v=` in Redis's own line.
  return `Redis server v=${REDIS_VERSION} sha=00000000:0 malloc=mimalloc bits=64 build=hematite-${HEMATITE_VERSION}\n`;
}

function say(text: string): void {
  process.stdout.write(text);
}

function exit(code: number): void {
  process.exit(code);
}

function readConfig(
  line: Parameters<typeof Config.fromCommandLine>[0],
  stdin: Buffer | undefined,
  log: Log,
): Config | undefined {
  const checkUserLine = userLineChecker((words) => NativeEngine.checkUser(words));
  try {
    return Config.fromCommandLine(line, stdin, {
      directory: process.cwd(),
      warn: (message) => log.warning(message),
      resetStatistics: () => running?.native.resetStatistics(),
      checkLine: (name, words) => (name === 'user' ? checkUserLine(words) : undefined),
      describeUsers: () => running?.native.describeUsers().map(fromBytes) ?? [],
    });
  } catch (error) {
    if (error instanceof ConfigFileError) process.stderr.write(error.report(REDIS_VERSION));
    else if (error instanceof ConfigOpenError) log.warning(error.message);
    else throw error;
    return undefined;
  }
}

/** The server of this process, for statistics that the configuration may be asked to reset. */
let running: Server | undefined;

class Server {
  readonly native: NativeEngine;
  readonly #config: Config;
  readonly #log: Log;
  readonly #listeners: Listeners;
  readonly #snapshots: Snapshots;
  readonly #shutdown: Shutdown;
  #isLoading = false;
  readonly #pidfile: string | undefined;
  readonly #appendOnly: AppendOnlyFile;
  #hasEnded = false;

  constructor(config: Config, log: Log) {
    this.#config = config;
    this.#log = log;
    this.#pidfile = config.get('pidfile') ?? (config.get('daemonize') ? DEFAULT_PIDFILE : undefined);
    this.#configureLog();
    this.native = new NativeEngine({
      databases: config.get('databases'),
      stripes: STRIPES,
      ticks: false,
      systemMemory: totalmem(),
    });
    this.#listeners = new Listeners(this.native, config, log, new Tls(this.native, config, log));
    this.#snapshots = new Snapshots(this.native, config, log);
    this.#appendOnly = new AppendOnlyFile(this.native, config, { log, isSaving: () => this.#snapshots.isRunning });
    this.#snapshots.isOtherwiseBusy = () => this.#appendOnly.isRewriting;
    this.#shutdown = new Shutdown({
      notice: (text) => log.notice(text),
      warn: (text) => log.warning(text),
      isLoading: () => this.#isLoading,
      isSaveWanted: () => this.#snapshots.isWanted,
      isSaving: () => this.#snapshots.isRunning,
      abandonSave: () => this.#snapshots.abandon(),
      save: () => this.#snapshots.run(false),
      holdWrites: (hold) => this.native.holdWrites(hold),
      end: () => this.#end(),
    });
    running = this;
  }

  /** Becomes reachable, loads what there is, or ends the process. */
  async start(): Promise<void> {
    const { native } = this;
    process.chdir(this.#config.get('dir'));
    this.#makeRoom();
    applyConfig(native, this.#config);
    const noUsers = makeUsers(native, this.#config, this.#log);
    if (noUsers !== undefined) return this.#giveUp(noUsers);
    this.#answerHostCommands();
    this.#startPump();
    this.#announce();
    // Begun before anybody can connect, so that whoever does is told.
    const loaded = this.#load();
    const failure = this.#listeners.open();
    if (failure !== undefined) {
      native.stopPump(0);
      return this.#giveUp(failure);
    }
    this.#becomeProcess();
    if (!(await loaded)) return;
    this.#snapshots.start();
    for (const kind of this.#listeners.kinds()) this.#log.notice(`Ready to accept connections ${kind}`);
  }

  /** Loads the dataset; clients are told so meanwhile. False if the process ends, since it could not be. */
  async #load(): Promise<boolean> {
    const [config, log] = [this.#config, this.#log];
    removeStaleFiles(config.get('dir'));
    this.#isLoading = true;
    try {
      if (config.get('appendonly')) await this.#appendOnly.start();
      else await loadSnapshot(this.native, config, log);
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      this.native.stopPump(0);
      this.#giveUp(error.message);
      return false;
    } finally {
      this.#isLoading = false;
    }
    return true;
  }

  #giveUp(reason: string): void {
    this.#log.warning(reason);
    exit(1);
  }

  #configureLog(): void {
    const config = this.#config;
    const setLevel = () => void (this.#log.threshold = config.get('loglevel'));
    setLevel();
    config.onChange(['loglevel'], setLevel);
    const file = config.get('logfile');
    if (file !== '') this.#log.file = resolve(config.get('dir'), file);
    this.#log.role = 'M';
  }

  /** Fewer clients than asked for, where the system has no files for more. */
  #makeRoom(): void {
    const config = this.#config;
    const possible = makeRoom(this.native, config, this.#log);
    if (possible < config.get('maxclients')) config.set([['maxclients', String(possible)]]);
    config.onChange(['maxclients'], () => {
      const room = this.native.raiseFileLimit(config.get('maxclients') + RESERVED).after - RESERVED;
      if (room >= config.get('maxclients')) return undefined;
      return `The operating system is not able to handle the specified number of clients, try with ${room}`;
    });
  }

  #answerHostCommands(): void {
    const hosts = new HostCommands(this.native, true);
    hosts.onFault = (error, command) => this.#log.warning(`${command} failed: ${String(error)}`);
    hosts.set('config', (call) =>
      handleConfigCommand(this.#config, call.args, { local: call.isLocal, loading: this.#isLoading }),
    );
    hosts.set('acl', (call) => handleAclCommand(this.native, this.#config, call, this.#log));
    hosts.set('bgrewriteaof', (call) => this.#appendOnly.handle(call));
    hosts.set('debug|config-rewrite-force-all', () => rewriteAll(this.#config));
    answerReloads(hosts, {
      native: this.native,
      config: this.#config,
      log: this.#log,
      snapshots: this.#snapshots,
      appendOnly: this.#appendOnly,
    });
    hosts.set('migrate', migrator(this.native));
    hosts.set('shutdown', (call) => this.#shutdown.handle(call));
    hosts.set('save', (call) => this.#snapshots.save(call));
    hosts.set('bgsave', (call) => this.#snapshots.backgroundSave(call));
  }

  #startPump(): void {
    const config = this.#config;
    this.native.startPump(
      {
        threads: config.get('io-threads'),
        driver: config.get('io-driver'),
        tcpKeepalive: config.get('tcp-keepalive'),
        hz: config.get('hz'),
      },
      (level, message) => this.#log.write(level, message),
    );
    config.onChange(['tcp-keepalive'], () => this.native.setTcpKeepalive(config.get('tcp-keepalive')));
  }

  #announce(): void {
    const driver = this.native.pumpStats()?.driver ?? '';
    this.#log.raw(banner(this.#config, driver));
    if (this.#config.file === undefined) {
      this.#log.notice('No configuration file: using defaults and options. Usage: hematite /path/to/redis.conf');
    }
    const idle = this.#config.withoutEffect();
    if (idle.length > 0) this.#log.notice(`Without effect in this version: ${idle.join(', ')}`);
  }

  /** What a process does that stays: id file, title, signals, a reason to stay. */
  #becomeProcess(): void {
    if (this.#pidfile !== undefined) {
      const failure = writePidfile(this.#pidfile);
      if (failure !== undefined) this.#log.warning(failure);
    }
    if (this.#config.get('set-proc-title')) process.title = processTitle(this.#config);
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => this.#signalled(signal));
    }
    // The pump's threads do not keep Node running; a timer that never fires within a lifetime does.
    setInterval(() => undefined, 0x7fffffff);
  }

  #signalled(signal: 'SIGTERM' | 'SIGINT'): void {
    if (!this.#shutdown.isUnderWay) {
      void this.#shutdown.signal(
        signal,
        this.#config.get(signal === 'SIGINT' ? 'shutdown-on-sigint' : 'shutdown-on-sigterm'),
      );
    } else if (signal === 'SIGINT') {
      this.#log.warning('You insist... exiting now.');
      exit(1);
    }
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.native.stopPump(GRACE_MS);
    this.#appendOnly.stop();
    if (this.#pidfile !== undefined) {
      this.#log.notice('Removing the pid file.');
      removePidfile(this.#pidfile);
    }
    this.#log.warning('Hematite is now ready to exit, bye bye...');
    exit(0);
  }
}
