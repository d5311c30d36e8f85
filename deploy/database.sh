# Primary or standby of the compose file: `database` makes an empty cluster, or a copy of PRIMARY that follows it.
set -eu
umask 077
data=/var/lib/postgresql/bestill
PATH=/usr/lib/postgresql/17/bin:$PATH
export PGPASSWORD="$DATABASE_PASSWORD"

if [ ! -d "$data" ]; then
    # It gets its name when it is whole: who was ended half-way begins anew.
    new=$data.new
    rm -rf "$new"
    if [ -n "${PRIMARY:-}" ]; then
        until pg_basebackup -R -X stream -c fast -D "$new" \
            -d "host=$PRIMARY user=bestill sslmode=require application_name=$(hostname)"; do rm -rf "$new"; sleep 1; done
    else
        initdb --no-instructions -k -E UTF8 --locale=C.UTF-8 -A scram-sha-256 -U bestill --pwfile=/dev/stdin -D "$new" <<EOF
$DATABASE_PASSWORD
EOF
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=$(hostname)" \
            -keyout "$new/server.key" -out "$new/server.crt"
        echo "CREATE DATABASE bestill" | postgres --single -D "$new" postgres > /dev/null
        echo "hostssl all,replication bestill all scram-sha-256" >> "$new/pg_hba.conf"
        printf '%s\n' "include '/etc/bestill/postgresql.conf'" "listen_addresses = '*'" "unix_socket_directories = ''" \
            "ssl = on" >> "$new/postgresql.conf"
    fi
    # Here and not on the command line, so that ALTER SYSTEM can change it. A standby that is promoted waits for nobody.
    echo "synchronous_standby_names = '${STANDBY:-}'" >> "$new/postgresql.conf"
    mv "$new" "$data"
fi
exec postgres -D "$data"
