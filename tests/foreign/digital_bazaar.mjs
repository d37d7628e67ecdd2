// @digitalbazaar/vc with both cryptosuites and vc-bitstring-status-list; the only contexts are the service's own.

import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {createVerifyCryptosuite} from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import {cryptosuite as rdfc} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import {didDocument, verificationMethod} from './keys.mjs';
import {answer, parsed} from './sealed.mjs';

const SUITES = {
  'eddsa-rdfc-2022': () => new DataIntegrityProof({cryptosuite: rdfc}),
  'eddsa-jcs-2022': () => new DataIntegrityProof({cryptosuite: createVerifyCryptosuite()}),
};

async function documentLoader(url) {
  const load = !url.startsWith('did:') ? parsed : url.includes('#') ? verificationMethod : didDocument;
  return {contextUrl: null, documentUrl: url, document: load(url)};
}

const words = error => (error?.errors ?? [error]).filter(Boolean).map(each => String(each.message));

await answer(async ({text, suites = Object.keys(SUITES)}) => {
  const credential = JSON.parse(text);
  const suite = suites.map(name => SUITES[name]());
  const said = await vc.verifyCredential({credential, suite, documentLoader, checkStatus});
  return {
    verified: said.verified,
    errors: words(said.error),
    proofs: Object.fromEntries((said.results ?? []).filter(each => each.proof).map(
      each => [each.proof.cryptosuite, each.verified])),
    status: said.statusResult && {
      verified: said.statusResult.verified,
      errors: words(said.statusResult.error),
      bits: (said.statusResult.results ?? []).map(each => each.status),
    },
  };
});
