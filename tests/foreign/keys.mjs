// Keys of did:web issuers, from the DID documents among the files.

import {parsed} from './sealed.mjs';

const MULTIKEY = 'https://w3id.org/security/multikey/v1';

export function didDocument(did) {
  const [host, ...path] = did.split(':').slice(2).map(decodeURIComponent);
  return parsed(`https://${host}/${path.length ? path.join('/') : '.well-known'}/did.json`);
}

export function verificationMethod(id) {
  const found = didDocument(id.split('#')[0]).verificationMethod.find(each => each.id === id);
  if(!found) {
    throw new Error(`${id} is no key of its DID document`);
  }
  return {'@context': MULTIKEY, ...found};
}
