/**
 * Fronts that a module of the build offers: in-process sessions and WASM.
 *
 * The module exports `openSession(): ByteSession` over one shared engine with DEBUG allowed, and may export `stop()`.
 * HEMATITE_EMBEDDED_FRONT and HEMATITE_WASM_FRONT override where it is looked for.
 */

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Need } from '../case.js';
import { bytesFront, type ByteSession } from './bytes.js';
import type { Front } from './front.js';
import { ENGINE_LATEST, ENGINE_VERSION } from './hematite.js';

interface SessionModule {
  openSession(): ByteSession;
  stop?(): void;
  /** Defaults to everything but the network. */
  offers?: Iterable<Need>;
}

const PLACES = {
  embedded: process.env.HEMATITE_EMBEDDED_FRONT ?? './embedded-sessions.mjs',
  wasm: process.env.HEMATITE_WASM_FRONT ?? './wasm-sessions.mjs',
};

function placeOf(kind: keyof typeof PLACES): string {
  return resolve(fileURLToPath(new URL('.', import.meta.url)), PLACES[kind]);
}

/** Why this front cannot run; undefined when it can. */
export function moduleMissing(kind: keyof typeof PLACES): string | undefined {
  return existsSync(placeOf(kind)) ? undefined : `${placeOf(kind)} is not built`;
}

export async function moduleFront(kind: keyof typeof PLACES): Promise<Front> {
  const sessions = (await import(pathToFileURL(placeOf(kind)).href)) as SessionModule;
  return bytesFront({
    name: kind,
    version: ENGINE_VERSION,
    latest: ENGINE_LATEST,
    openSession: () => sessions.openSession(),
    stop: () => sessions.stop?.(),
    offers: sessions.offers ? new Set(sessions.offers) : undefined,
  });
}
