// @sd-jwt/sd-jwt-vc: signature, disclosures, dates and the token status list of an SD-JWT VC.

import {digest} from '@sd-jwt/crypto-nodejs';
import {SDJwtVcInstance} from '@sd-jwt/sd-jwt-vc';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {verificationMethod} from './keys.mjs';
import {answer} from './sealed.mjs';

async function verifier(data, signature) {
  const {alg, kid} = JSON.parse(Buffer.from(data.split('.')[0], 'base64url'));
  const key = await Ed25519Multikey.from(verificationMethod(kid));
  return alg === 'EdDSA' && key.verifier().verify(
    {data: Buffer.from(data), signature: Buffer.from(signature, 'base64url')});
}

const reader = new SDJwtVcInstance({hasher: digest, hashAlg: 'sha-256', verifier});

await answer(async ({text}) => {
  const {payload, header} = await reader.verify(text);
  return {claims: payload, typ: header.typ};
});
