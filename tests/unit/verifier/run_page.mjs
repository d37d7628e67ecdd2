// Runs the script of the verifier's page under Node: cases as JSON on stdin, answers as JSON on stdout.
import { readFileSync } from "node:fs";
import { webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto;
const html = readFileSync(process.argv[2], "utf8");
const script = /<script id="verifier">([\s\S]*?)<\/script>/.exec(html)[1];
const Verifier = new Function(`${script}; return Verifier;`)();
const bytes = (text) => (text === null ? null : new Uint8Array(Buffer.from(text, "base64")));
const answers = [];
for (const { data, keys, now, name, status } of JSON.parse(readFileSync(0, "utf8"))) {
  answers.push(await Verifier.verify(bytes(data), new Verifier.Keys(...keys), new Date(now), name, bytes(status)));
}
process.stdout.write(JSON.stringify(answers));
