// The official JSON schema of Open Badges 3.0, judged by ajv.

import addFormats from 'ajv-formats';
import {Ajv2019} from 'ajv/dist/2019.js';
import {answer, parsed} from './sealed.mjs';

const SCHEMA = 'https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json';

const ajv = new Ajv2019({allErrors: true});
addFormats.default(ajv);
const validate = ajv.compile(parsed(SCHEMA));

await answer(async ({text}) => {
  const valid = validate(JSON.parse(text));
  return {valid, errors: (validate.errors ?? []).map(each => `${each.instancePath} ${each.message}`)};
});
