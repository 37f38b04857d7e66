#!/bin/bash
# In the container of the database: writes a compressed dump of it, as npm run backup makes one, to the standard output.
#   docker compose exec -T mysql bash /opt/onet-skill-gap/backup.sh > onet.gz.partial && mv onet.gz.partial onet.gz
set -euo pipefail

MYSQL_PWD=$(cat "${PASSWORD_FILE:-/run/onet-skill-gap/root-password}")
export MYSQL_PWD

mysqldump --user=root --single-transaction --quick --no-tablespaces --skip-add-locks --default-character-set=utf8mb4 \
  --loose-set-gtid-purged=OFF --loose-column-statistics=0 "$MYSQL_DATABASE" | gzip
