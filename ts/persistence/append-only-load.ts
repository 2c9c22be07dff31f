/**
 * Start-up loading of the append-only file: finds the manifest, takes over a file of before Redis 7, and has the native
 * engine load base and increments. What goes wrong ends in one text for the operator; nothing is half used then.
 */

import { basename, join } from 'node:path';
import type { NativeAofLoad, NativeAofLoaded } from '../core/binding.js';
import { type Files, reason } from './files.js';
import { LoadError } from './loading.js';
import { Manifest, ManifestError } from './manifest.js';

/** Where an append-only file is. */
export interface Place {
  /** The server's directory. */
  readonly directory: string;
  /** `appenddirname`. */
  readonly folder: string;
  /** `appendfilename`. */
  readonly stem: string;
}

export interface Journalist {
  notice(text: string): void;
  warning(text: string): void;
}

export function folderOf(place: Place): string {
  return join(place.directory, place.folder);
}

export function manifestPath(place: Place): string {
  return join(folderOf(place), `${place.stem}.manifest`);
}

/** Reads the manifest; an empty one if there is none. */
export function readManifest(files: Files, place: Place): Manifest {
  const path = manifestPath(place);
  if (!files.exists(folderOf(place)) || !files.exists(path)) return new Manifest();
  try {
    return Manifest.parse(files.read(path));
  } catch (error) {
    if (error instanceof ManifestError) {
      throw new LoadError(`Invalid AOF manifest file ${basename(path)}, ${error.message}`);
    }
    throw new LoadError(`Fatal error: can't read the AOF manifest ${basename(path)}: ${reason(error)}`);
  }
}

/**
 * The manifest to load, after a single file of before Redis 7 was moved into the folder as its base. That happens in two
 * steps, and may be interrupted between them: the manifest names a file that is still in its old place.
 */
export function prepareManifest(files: Files, place: Place, log: Journalist): Manifest {
  const manifest = readManifest(files, place);
  const [old, inFolder] = [join(place.directory, place.stem), join(folderOf(place), place.stem)];
  const isOldThere = files.exists(old);
  const isInterrupted = manifest.base?.name === place.stem && !files.exists(inFolder);
  if (!isOldThere || !(manifest.isEmpty || isInterrupted)) return manifest;
  try {
    files.makeDirectory(folderOf(place));
    const upgraded = isInterrupted ? manifest : new Manifest({ name: place.stem, sequence: 1, kind: 'b' });
    if (!isInterrupted) files.replace(manifestPath(place), upgraded.toBytes());
    files.rename(old, inFolder);
    log.notice(
      `Successfully migrated an old-style AOF configuration (${place.stem}) into the AOF directory (${place.folder}).`,
    );
    return upgraded;
  } catch (error) {
    throw new LoadError(
      `Error trying to move the old AOF file ${place.stem} into dir ${place.folder}: ${reason(error)}`,
    );
  }
}

/** The native engine's loader, waited for. */
export type RunLoad = (load: NativeAofLoad) => Promise<NativeAofLoaded> | NativeAofLoaded;

/** What to load, once everything that the manifest names was found. */
export function planLoad(
  files: Files,
  place: Place,
  manifest: Manifest,
  how: Omit<NativeAofLoad, 'paths'>,
): NativeAofLoad {
  const paths = manifest.dataset.map((part) => join(folderOf(place), part.name));
  for (const path of paths) {
    if (!files.exists(path)) throw new LoadError(`Fatal error: the AOF file ${basename(path)} doesn't exist`);
  }
  return { ...how, paths };
}

/** Says what came of loading, or throws. */
export function reportLoad(load: NativeAofLoad, loaded: NativeAofLoaded, log: Journalist): void {
  const name = basename(load.paths[loaded.index] ?? '');
  if (loaded.fault !== undefined && loaded.fault !== null) throw new LoadError(faultText(load, loaded, name));
  if (loaded.cutTo !== undefined && loaded.cutTo !== null) {
    const last = basename(load.paths.at(-1) ?? '');
    log.warning(`!!! Warning: short read while loading the AOF file ${last}!!!`);
    log.warning(`AOF ${last} loaded anyway because aof-load-truncated is enabled`);
    log.warning(`Truncating the AOF ${last} at offset ${loaded.cutTo} (of ${loaded.cutFrom} bytes)`);
  }
  if (loaded.takenIn > 0) {
    log.notice(`Appended ${loaded.takenIn} bytes that a process which was killed had left with the kernel`);
  }
  if (typeof loaded.unappended === 'string') {
    log.warning(
      `The last file can't take what a process that was killed had left for it: ${loaded.unappended}. ` +
        'That was loaded, and writes are refused until a rewrite has made new files',
    );
  }
  if (loaded.ignored > 0) {
    log.warning(
      `Left alone ${loaded.ignored} bytes that a process which was killed had left with the kernel: ` +
        'the append-only file was cut or written to by another server since, or the machine lost power',
    );
  }
  if (loaded.refused > 0) {
    log.warning(
      `${loaded.refused} commands were refused that had been accepted when they were recorded; the first, in ` +
        `${basename(load.paths[loaded.refusedIn] ?? '')} at offset ${loaded.refusedAt}: ${loaded.refusal}`,
    );
  }
  const rate = load.paths.length === 0 ? 0 : (loaded.keys + loaded.commands) / Math.max(loaded.seconds, 0.001);
  log.notice(
    `DB loaded from append only file: ${loaded.seconds.toFixed(3)} seconds ` +
      `(${loaded.keys} keys, ${loaded.commands} commands, ${Math.round(rate)} a second)`,
  );
}

function faultText(load: NativeAofLoad, loaded: NativeAofLoaded, name: string): string {
  const isLast = loaded.index === load.paths.length - 1;
  switch (loaded.fault) {
    case 'open':
      return `Fatal error: can't open the append log file ${name} for reading: ${loaded.reason}`;
    case 'append':
      return (
        `Fatal error: can't append to the file ${name} what a process that was killed had left for it ` +
        `in ${name}.tail: ${loaded.reason}`
      );
    case 'read':
      return `Unrecoverable error reading the append only file ${name}: ${loaded.reason}`;
    case 'rdb':
      return `Error reading the RDB preamble of the AOF file ${name}, AOF loading aborted: ${loaded.reason}`;
    case 'truncated':
      return isLast
        ? `Unexpected end of file reading the append only file ${name} after offset ${loaded.offset}. You can: ` +
            '1) Make a backup of your AOF file, then use hematite check-aof --fix <filename.manifest>. ' +
            "2) Alternatively you can set the 'aof-load-truncated' configuration option to yes and restart the server."
        : `Fatal error: the truncated file ${name} is not the last file (after offset ${loaded.offset})`;
    case 'command':
      return `${loaded.reason} reading the append only file ${name} at offset ${loaded.offset}`;
    default:
      return (
        `Bad file format reading the append only file ${name} at offset ${loaded.offset}: ${loaded.reason} ` +
        `(everything before offset ${loaded.good} is right). ` +
        'Make a backup of your AOF file, then use hematite check-aof --fix <filename.manifest>'
      );
  }
}
