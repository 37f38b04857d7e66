#!/bin/bash
# In the container of the database: reads a backup from the standard input, and nothing is touched before all of it was
# read. With --replace, what the database holds is given up.
#   docker compose exec -T mysql bash /opt/onet-skill-gap/restore.sh [--replace] < onet.gz
set -euo pipefail

MYSQL_PWD=$(cat "${PASSWORD_FILE:-/run/onet-skill-gap/root-password}")
export MYSQL_PWD

refuse() {
  echo "$*" >&2
  exit 1
}

ask() {
  mysql --user=root --batch --skip-column-names --execute "$1"
}

file=$(mktemp)
trap 'rm -f "$file"' EXIT
cat > "$file"
gzip --test "$file" 2>/dev/null || refuse 'The backup is damaged or was cut off. Nothing was touched; use another one.'
[[ $(gzip -dc "$file" | tail -c 200) == *'-- Dump completed'* ]] ||
  refuse 'The backup is not whole: the dump in it breaks off. Nothing was touched; use another one.'

tables=$(ask "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = '$MYSQL_DATABASE'")
[ "$tables" = 0 ] || [ "${1:-}" = --replace ] ||
  refuse "The database holds $tables tables already. Add --replace to have them deleted."
# who was just stopped is seen for a moment longer
for _ in 1 2 3; do
  others=$(ask "SELECT COUNT(*) FROM information_schema.processlist WHERE db = '$MYSQL_DATABASE'")
  [ "$others" != 0 ] || break
  sleep 1
done
[ "$others" = 0 ] ||
  refuse "The database is in use: $others connections. Stop api and worker, and whatever else is connected, and restore then."

# the table keeps processes from starting on a database that is filled only in part
ask "DROP DATABASE IF EXISTS \`$MYSQL_DATABASE\`; CREATE DATABASE \`$MYSQL_DATABASE\` CHARACTER SET utf8mb4;
  CREATE TABLE \`$MYSQL_DATABASE\`.unfinished_restore (id int PRIMARY KEY)"
gzip -dc "$file" | {
  # only the client of MariaDB understands how its dumps begin
  IFS= read -r first
  [[ $first == *'enable the sandbox mode'* ]] || printf '%s\n' "$first"
  cat
} | mysql --user=root --batch --default-character-set=utf8mb4 "$MYSQL_DATABASE" ||
  refuse 'The restore broke off. The database is incomplete, and no process will start on it: restore again, with --replace.'
ask "DROP TABLE \`$MYSQL_DATABASE\`.unfinished_restore"
echo 'The backup is restored. Processes may be started; the first one migrates what is older.'
