/**
 * The Chromium of this machine: Debian's package, or whatever $CHROMIUM names.
 *
 * @module
 */

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-headless-shell'];

/**
 * @param {{ CHROMIUM?: string, PATH?: string }} [env]
 * @returns {string} the path of a program
 */
export function findChromium({ CHROMIUM: given, PATH = '' } = process.env) {
  const folders = PATH.split(delimiter).filter(Boolean);
  const places = given ? [given] : NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  const found = places.find(isProgram);
  if (found !== undefined) return found;
  throw new Error(
    given
      ? `CHROMIUM=${given} is no program`
      : `no Chromium here: as root, tools/setup.sh installs it on Debian (apt-get install ${NAMES[1]}); ` +
          'elsewhere install one and name it: CHROMIUM=<path>',
  );
}

/** Root may not use the sandbox, and machines of a CI have no room for shared memory. */
export function launchChromium() {
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({
    executablePath: findChromium(),
    headless: true,
    args: [
      ...(isRoot ? ['--no-sandbox'] : []),
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--no-first-run',
    ],
  });
}

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
