// What the seal is for: every way to the network that Node has must be refused and noted.

import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import {answer} from './sealed.mjs';

const WAYS = {
  fetch: url => fetch(url),
  http: url => new Promise((resolve, reject) => http.get(url, resolve).on('error', reject)),
  https: url => new Promise((resolve, reject) => https.get(url.replace('http', 'https'), resolve).on('error', reject)),
  socket: url => new Promise((resolve, reject) => {
    const {hostname, port} = new URL(url);
    net.connect({host: hostname, port}, resolve).on('error', reject);
  }),
};

await answer(async ({way, url}) => {
  await WAYS[way](url);
  return {arrived: true};
});
