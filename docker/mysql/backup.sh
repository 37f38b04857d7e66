#!/bin/bash
# In the container of the database: writes a compressed dump of it, as npm run backup makes one, to the standard output.
#   docker compose exec -T mysql bash /opt/onet-skill-gap/backup.sh > onet.gz.partial && mv onet.gz.partial onet.gz
set -euo pipefail

MYSQL_PWD=$(cat "${PASSWORD_FILE:-/run/onet-skill-gap/root-password}")
export MYSQL_PWD

# of a database whose restore broke off, a dump would seem to be whole
unfinished=$(mysql --user=root --batch --skip-column-names --execute "SELECT COUNT(*) FROM information_schema.tables
  WHERE table_schema = '$MYSQL_DATABASE' AND table_name = 'unfinished_restore'")
[ "$unfinished" = 0 ] || {
  echo 'The database is incomplete, since a restore of it broke off. Restore it again, with --replace, and back it up then.' >&2
  exit 1
}

mysqldump --user=root --single-transaction --quick --no-tablespaces --skip-add-locks --default-character-set=utf8mb4 \
  --loose-set-gtid-purged=OFF --loose-column-statistics=0 "$MYSQL_DATABASE" | gzip
