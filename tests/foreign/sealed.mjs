// A world without a network: time stands where the test says, and only the files that it gives can be fetched.

import {readFileSync} from 'node:fs';
import net from 'node:net';

export const given = JSON.parse(readFileSync(0, 'utf8'));
export const reached = [];  // addresses that were asked for and are not among the files

const moment = Date.parse(given.now);
globalThis.Date = class extends Date {
  constructor(...parts) {
    super(...(parts.length ? parts : [moment]));
  }

  static now() {
    return moment;
  }
};

function refuse(address) {
  reached.push(address);
  throw new Error(`NotFoundError: ${address} is outside of this world`);
}

net.Socket.prototype.connect = function(...target) {
  const [{host, port, path}] = [target[0]].flat();
  refuse(`socket ${path ?? `${host}:${port}`}`);
};

export function read(url) {
  return url in given.files ? readFileSync(given.files[url][0], 'utf8') : refuse(url);
}

globalThis.fetch = async wanted => {
  const url = String(wanted.url ?? wanted);
  return new Response(read(url), {headers: {'content-type': given.files[url]?.[1]}});
};

export const parsed = url => JSON.parse(read(url));

export async function answer(judge) {
  const answers = [];
  for(const one of given.cases) {
    reached.length = 0;
    const said = await judge(one).catch(error => ({error: String(error.message ?? error)}));
    answers.push({...said, reached: [...reached]});
  }
  process.stdout.write(`${JSON.stringify(answers)}\n`);  // the last line: libraries print, too
}
