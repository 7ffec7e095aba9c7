# Makes a cluster in the directory $1 with the programs in $2, runs it until standard input ends,
# and removes the directory. Standard input is a pipe from the test process: however that process
# ends, the kernel closes the pipe. Signals to the terminal's process group are not ours to obey.
trap '' HUP INT TERM
cd "$1" || exit 1
exec 3<&0 </dev/null

"$2/initdb" -D data -A trust -U postgres -E UTF8 --locale=C --no-sync --no-instructions >log 2>&1
status=$?
if [ "$status" -eq 0 ]; then
    "$2/postgres" -D data -k "$1" -p 5432 -c listen_addresses= -c max_connections=200 \
        -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
        -c max_wal_size=256MB -c timezone=UTC \
        >>log 2>&1 3<&- &
    server=$!
    # An asynchronous list would read /dev/null: hence descriptor 3. The inner loop ends at the
    # end of the pipe. SIGQUIT is PostgreSQL's immediate shutdown, and is ignored until the server
    # has got to its signal handlers: hence again and again, until `wait` returns below.
    {
        while read -r _ <&3; do :; done
        while kill -QUIT "$server"; do sleep 0.05 || sleep 1; done
    } >/dev/null 2>&1 &
    watcher=$!
    wait "$server"
    status=$?
    kill -KILL "$watcher" 2>/dev/null
fi

tail -n 20 log >&2
cd /
rm -rf "$1"
exit "$status"
