"""The closed profile of our documents, as a JSON schema that anyone can check with: no unknown member, text only.

It says what Open Badges leaves open, so that nothing is signed whose meaning an RDF proof would drop. A document
names the schema with its digest; to change the schema is to make another version of it. It is of draft 2019-09, as
that of Open Badges is: verifier-core, which fetches it, knows no later draft and never comes to an end with one.
"""

import json
from base64 import b64encode
from hashlib import sha384
from typing import Any

Json = dict[str, Any]

PATH = "schemas/certificate-1"
CONTEXT = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
]
TEXT = {
    "type": "string",
    "minLength": 1,
    "maxLength": 1000,
    "pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f]*$",
}
MOMENT = {"type": "string", "pattern": "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z$"}
ADDRESS = {"type": "string", "maxLength": 500, "pattern": '^https://[^\\s"<>\\\\^`{|}]+$'}
DECIMAL = {"type": "string", "pattern": "^\\d{1,4}(\\.\\d)?$"}
NUMBER = {"type": "string", "pattern": "^[A-Z0-9]{4,60}$"}
KEY_ID = {"type": "string", "maxLength": 500, "pattern": '^did:web:[^\\s#"<>\\\\^`{|}]+#[a-z0-9][a-z0-9-]*$'}
MULTIBASE = {"type": "string", "pattern": "^z[1-9A-HJ-NP-Za-km-z]{1,199}$"}


def _only(value: Any) -> Json:
    return {"const": value}


def _object(required: Json, optional: Json | None = None) -> Json:
    members = required | (optional or {})
    return {
        "type": "object",
        "properties": members,
        "required": list(required),
        "additionalProperties": False,
    }


def _list(item: Json, most: int, least: int = 1) -> Json:
    return {"type": "array", "items": item, "minItems": least, "maxItems": most}


def _entries(*kinds: str) -> Json:
    entry = {"type": _only("IdentifierEntry"), "identifier": TEXT, "identifierType": {"enum": list(kinds)}}
    return _list(_object(entry), len(kinds))


def _proof(suite: str, more: Json | None = None) -> Json:
    return _object(
        {
            "type": _only("DataIntegrityProof"),
            "cryptosuite": _only(suite),
            "created": MOMENT,
            "verificationMethod": KEY_ID,
            "proofPurpose": _only("assertionMethod"),
            "proofValue": MULTIBASE,
        }
        | (more or {})
    )


ISSUER = _object(
    {
        "id": {"type": "string", "pattern": '^did:web:[^\\s#"<>\\\\^`{|}]+$'},
        "type": _only(["Profile"]),
        "name": TEXT,
        "url": ADDRESS,
    }
)
OWNER = _object(
    {"id": ADDRESS, "type": _only(["Profile"]), "name": TEXT},
    {"otherIdentifier": _entries("ext:unifiedSocialCreditCode", "ext:listing", "ext:listingBatch")},
)
RESULT_DESCRIPTION = _object(
    {"id": ADDRESS, "type": _only(["ResultDescription"]), "resultType": _only("RawScore"), "name": TEXT},
    {"valueMin": DECIMAL, "valueMax": DECIMAL, "requiredValue": DECIMAL},
)
ACHIEVEMENT = _object(
    {
        "id": ADDRESS,
        "type": _only(["Achievement"]),
        "achievementType": {"enum": ["CertificateOfCompletion", "Certification"]},
        "name": TEXT,
        "description": TEXT,
        "criteria": _object({"narrative": TEXT}),
        "humanCode": TEXT,
        "fieldOfStudy": TEXT,
        "otherIdentifier": _entries("ext:occupationCode2015", "ext:occupationCode2022"),
        "resultDescription": _list(RESULT_DESCRIPTION, 3),
    },
    {"specialization": TEXT},
)
SUBJECT = _object(
    {
        "id": {"type": "string", "pattern": "^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"},
        "type": _only(["AchievementSubject"]),
        "licenseNumber": NUMBER,
        "activityEndDate": MOMENT,
        "source": OWNER,
        "achievement": ACHIEVEMENT,
        "result": _list(
            _object({"type": _only(["Result"]), "resultDescription": ADDRESS, "value": DECIMAL}), 3
        ),
    },
    {
        "identifier": _list(
            _object(
                {
                    "type": _only("IdentityObject"),
                    "hashed": _only(False),
                    "identityHash": TEXT,
                    "identityType": _only("name"),
                }
            ),
            1,
        )
    },
)
STATUS = _object(
    {
        "id": ADDRESS,
        "type": _only("BitstringStatusListEntry"),
        "statusPurpose": _only("revocation"),
        "statusListIndex": {"type": "string", "pattern": "^(0|[1-9]\\d{0,8})$"},
        "statusListCredential": ADDRESS,
    }
)
CREDENTIAL_SCHEMA = _object(
    {
        "id": ADDRESS,
        "type": _only("JsonSchema"),
        "digestSRI": {"type": "string", "pattern": "^sha384-[A-Za-z0-9+/]{64}$"},
    }
)
PROOFS = {
    "type": "array",
    "minItems": 2,
    "maxItems": 3,
    "items": [
        _proof("eddsa-rdfc-2022"),
        _proof("eddsa-jcs-2022", {"@context": _only(CONTEXT)}),
        _proof("x-sm2-sm3-jcs", {"@context": _only(CONTEXT)}),
    ],
}
SCHEMA: Json = {
    "$schema": "https://json-schema.org/draft/2019-09/schema",
    "title": "Certificate of a digital-technology engineer: training or grade, version 1",
    "$comment": "Every text is in Unicode form NFC; moments are whole seconds in UTC.",
} | _object(
    {
        "@context": _only(CONTEXT),
        "id": ADDRESS,
        "type": _only(["VerifiableCredential", "OpenBadgeCredential"]),
        "name": TEXT,
        "issuer": ISSUER,
        "validFrom": MOMENT,
        "awardedDate": MOMENT,
        "credentialSubject": SUBJECT,
        "credentialStatus": STATUS,
        "credentialSchema": CREDENTIAL_SCHEMA,
    },
    {"validUntil": MOMENT, "proof": PROOFS},
)
SCHEMA_FILE = json.dumps(SCHEMA, sort_keys=True, indent=1).encode()
DIGEST = f"sha384-{b64encode(sha384(SCHEMA_FILE).digest()).decode()}"


def reference(url: str) -> Json:
    """Return `credentialSchema` for an issuer whose addresses begin with `url`."""
    return {"id": f"{url}/{PATH}", "type": "JsonSchema", "digestSRI": DIGEST}


def is_claimed(document: Json) -> bool:
    """Tell whether a document says that it keeps to a profile of ours; then it carries both proofs."""
    return "credentialSchema" in document
