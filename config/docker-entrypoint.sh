#!/bin/sh
# Starts Kinora in its container as the user and group of PUID and PGID, with the UMASK and TZ asked for.
#
#   PUID, PGID   who owns what Kinora writes (1000, 1000)
#   UMASK        what others may not do with it (022)
#   TZ           the time zone of schedules and logs, such as Europe/Lisbon
#
# The mounted films are never touched. CONTAINER_ROOT is for the test of this script.
set -eu

root=${CONTAINER_ROOT:-}
config_dir=$root/config
data_dir=${KINORA_DATA_DIR:-$root/data}
main=${CONTAINER_ROOT:-/app}/dist/server/main.js

say() {
  echo "kinora: $*" >&2
}

fail() {
  say "$*"
  exit 1
}

is_number() {
  case $1 in
    '' | *[!0-9]*) return 1 ;;
  esac
}

mask=${UMASK:-022}
case $mask in
  *[!0-7]* | ?????*) fail "UMASK is '$mask', which is no umask; 022 is the usual one." ;;
esac
umask "$mask"

# Names with their places in the database of zones; others, such as CET-1CEST, are rules of their own.
case ${TZ:-} in
  */*) [ -e "/usr/share/zoneinfo/$TZ" ] || say "There is no time zone '$TZ'; times are UTC. One is Europe/Lisbon." ;;
esac

if [ -z "${KINORA_CONFIG:-}" ] && [ -f "$config_dir/kinora.yaml" ]; then
  export KINORA_CONFIG="$config_dir/kinora.yaml"
fi

# Started with `--user`: the user is decided already.
if [ "$(id -u)" -ne 0 ]; then
  exec node "$main" "$@"
fi

uid=${PUID:-1000}
gid=${PGID:-1000}
is_number "$uid" || fail "PUID is '$uid'; it has to be the number of a user, such as 1000."
is_number "$gid" || fail "PGID is '$gid'; it has to be the number of a group, such as 1000."

# Only when the folder is somebody else's: a new volume is root's, and PUID may have changed since the last start. The health
# check comes this way every half minute and only asks.
if [ "${1:-}" != health ]; then
  for folder in "$config_dir" "$data_dir"; do
    [ -d "$folder" ] || mkdir -p "$folder"
    if [ "$(stat -c %u:%g "$folder")" != "$uid:$gid" ]; then
      chown -R "$uid:$gid" "$folder" || say "$folder cannot be given to $uid:$gid; going on as it is."
    fi
  done
fi

# A graphics card that was passed in belongs to a group of the host's; without it there is no hardware encoding. Where
# everybody may use it no group is needed, and root's least of all.
groups=$gid
for device in "$root"/dev/dri/renderD*; do
  [ -e "$device" ] || continue
  case $(stat -c %a "$device") in
    *[67]) ;;
    *) groups=$groups,$(stat -c %g "$device") ;;
  esac
done

# So that nothing looks for root's home folder.
export HOME="$data_dir"
exec setpriv --reuid "$uid" --regid "$gid" --groups "$groups" --no-new-privs node "$main" "$@"
