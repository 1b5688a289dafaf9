# Sourced by compose-up and compose-down: the engine, and one word for either version of Compose.

ENV_FILE=${ENV_FILE:-.env}
STATE=${KLARSYN_DOCKER_STATE:-$PWD/.state/docker}
ENGINE_PID=$STATE/dockerd.pid
export COMPOSE_PROJECT_NAME=${COMPOSE_PROJECT_NAME:-klarsyn}
mkdir -p "$STATE"

say() { printf '%s: %s\n' "$(basename "$0")" "$*"; }

compose() {
    if docker compose version >/dev/null 2>&1; then
        docker compose --env-file "$ENV_FILE" "$@"
    else
        docker-compose --env-file "$ENV_FILE" "$@"
    fi
}

# Start an engine where one is installed and none runs (a machine without systemd, a build machine).
start_engine() {
    if docker info >/dev/null 2>&1; then return; fi
    command -v dockerd >/dev/null || {
        say "no container engine answers and none is installed: apt-get install docker.io docker-compose" >&2
        exit 69
    }
    [ "$(id -u)" = 0 ] || {
        say "no container engine answers, and only root can start one" >&2
        exit 69
    }
    # Packets inside containers must not be larger than this machine can send on.
    local mtu
    mtu=$(cat /sys/class/net/"$(ip -4 route show default | sed -n 's/.* dev \([^ ]*\).*/\1/p;q')"/mtu 2>/dev/null || echo 1500)
    # shellcheck disable=SC2086 # options are words
    setsid dockerd --mtu "$mtu" ${KLARSYN_ENGINE_OPTIONS:-} --pidfile "$ENGINE_PID" >"$STATE/dockerd.log" 2>&1 &
    for _ in $(seq 150); do
        if docker info >/dev/null 2>&1; then
            say "started the container engine"
            return
        fi
        kill -0 $! 2>/dev/null || break
        sleep 0.2
    done
    tail -n 5 "$STATE/dockerd.log" >&2
    say "the container engine does not start on this machine; $STATE/dockerd.log tells why" >&2
    exit 69
}

# Stop the engine, if it is ours.
stop_engine() {
    [ -e "$ENGINE_PID" ] || return 0
    local pid
    pid=$(cat "$ENGINE_PID")
    kill "$pid" 2>/dev/null || return 0
    while kill -0 "$pid" 2>/dev/null; do sleep 0.2; done
    say "stopped the container engine"
}
