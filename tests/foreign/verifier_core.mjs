// @digitalcredentials/verifier-core as it comes: it fetches what it wants itself, here from the files.

import {verifyCredential} from '@digitalcredentials/verifier-core';
import {answer} from './sealed.mjs';

const knownDIDRegistries = [{name: 'Known', type: 'dcc-legacy', url: 'https://registry.example/registry.json'}];

await answer(async ({text}) => {
  const said = await verifyCredential({credential: JSON.parse(text), knownDIDRegistries});
  const schemas = (said.additionalInformation ?? []).flatMap(each => each.results);
  return {
    steps: Object.fromEntries((said.log ?? []).map(each => [each.id, each.valid ?? each.error?.name])),
    errors: (said.errors ?? []).map(each => each.name),
    schemas: schemas.map(each => each.result?.valid ?? each),
  };
});
