# Primary or standby of the compose file: `database` makes an empty cluster, or a copy of PRIMARY that follows it.
set -eu
data=/var/lib/postgresql/bestill
bin=/usr/lib/postgresql/17/bin
install -d -o postgres -g postgres -m 700 "$data" /var/backups/wal

as_postgres() { su postgres -s /bin/sh -c "$1"; }

if [ ! -s "$data/PG_VERSION" ]; then
    if [ -n "${PRIMARY:-}" ]; then
        until as_postgres "PGPASSWORD='$DATABASE_PASSWORD' $bin/pg_basebackup -R -X stream -c fast -D $data \
            -d 'host=$PRIMARY user=bestill sslmode=require application_name=$(hostname)'"; do sleep 1; done
    else
        as_postgres "$bin/initdb --no-instructions -E UTF8 --locale=C.UTF-8 -A scram-sha-256 -U bestill \
            --pwfile=/dev/stdin -D $data" <<EOF
$DATABASE_PASSWORD
EOF
        echo "hostssl all,replication bestill all scram-sha-256" >> "$data/pg_hba.conf"
        echo "include '/etc/bestill/postgresql.conf'" >> "$data/postgresql.conf"
        as_postgres "$bin/pg_ctl -w -D $data -o \"-h 127.0.0.1 -c synchronous_standby_names=''\" start > /dev/null"
        as_postgres "PGPASSWORD='$DATABASE_PASSWORD' $bin/createdb -h 127.0.0.1 -U bestill bestill"
        as_postgres "$bin/pg_ctl -w -D $data stop > /dev/null"
    fi
fi
exec su postgres -s /bin/sh -c "exec $bin/postgres -D $data -h '*' -c ssl=on \
    -c synchronous_standby_names='${STANDBY:-}' \
    -c ssl_cert_file=/etc/ssl/certs/ssl-cert-snakeoil.pem -c ssl_key_file=/etc/ssl/private/ssl-cert-snakeoil.key"
