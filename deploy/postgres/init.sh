#!/usr/bin/env bash
# One role and one database per service: no service can read another's tables.
set -euo pipefail

for service in training assessment certificates; do
  psql --set=ON_ERROR_STOP=1 --quiet --username="${POSTGRES_USER:-postgres}" --dbname=postgres \
    --set=service="$service" --set=password="$POSTGRES_SERVICE_PASSWORD" <<'SQL'
CREATE ROLE :"service" LOGIN PASSWORD :'password';
CREATE DATABASE :"service" OWNER :"service";
REVOKE CONNECT ON DATABASE :"service" FROM PUBLIC;
SQL
done
