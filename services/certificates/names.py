"""The resource names of the certificates service."""

from services.kit.values.names import Pattern

CERTIFICATE = Pattern("certificates/{certificate}")
HOLD = Pattern("certificates/{certificate}/holds/{hold}")
SHARE = Pattern("certificates/{certificate}/shares/{share}")
BATCH = Pattern("batches/{batch}")
STATUS_LIST = Pattern("statusLists/{list}")
EMPLOYER = Pattern("employers/{employer}")
API_KEY = Pattern("employers/{employer}/apiKeys/{api_key}")
REPORT = Pattern("employers/{employer}/reports/{report}")
